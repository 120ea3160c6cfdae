// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package membership

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// node returns the coordinator, which it looks for if it is not known.
func (c *Client) node(ctx context.Context) (*broker.Node, error) {
	if n := c.broker(c.coordinator); n != nil {
		return n, nil
	}
	if err := c.learnBrokers(ctx); err != nil {
		return nil, err
	}
	id, err := c.find(ctx)
	if err != nil {
		return nil, err
	}
	if n := c.broker(id); n != nil {
		c.coordinator = id
		return n, nil
	}
	return nil, kafkaerr.ErrNoLeader
}

func (c *Client) broker(id int32) *broker.Node {
	for _, n := range c.pool.Brokers() {
		if n.ID == id {
			return n
		}
	}
	return nil
}

// learnBrokers asks one broker after the other which brokers there are.
func (c *Client) learnBrokers(ctx context.Context) error {
	nodes, spared := c.pool.Candidates(nil)
	err := kafkaerr.ErrNoBrokers
	for _, n := range nodes {
		var known brokers
		known, err = askPatiently(ctx, c, n, newBrokersRequest(), decodeBrokers)
		if kafkaerr.IsLoginRefused(err) {
			return err // others would refuse it as well
		}
		if err != nil || len(known.byID) == 0 {
			continue
		}
		broker.ClearSpared(spared)
		if known.clusterID != "" {
			c.pool.SetCluster(known.clusterID)
		}
		c.pool.SetBrokers(known.byID)
		return nil
	}
	return err
}

// find asks one broker after the other for the coordinator, first those that are
// connected: they have answered, and time is short. That there is none counts
// only where most of the brokers say so and no other names one: what a broker knows may
// be a little old, and one that is cut off from the cluster says so, too.
func (c *Client) find(ctx context.Context) (int32, error) {
	none, failure := 0, kafkaerr.ErrNoBrokers
	nodes, _ := c.pool.Candidates(nil)
	nodes = slices.DeleteFunc(nodes, func(n *broker.Node) bool { return n.ID == cluster.NoBroker })
	for _, n := range nodes {
		found, err := c.coordinatorBy(ctx, n)
		switch {
		case err == nil:
			return found, nil
		case errors.Is(err, sarama.ErrConsumerCoordinatorNotAvailable):
			none++
			failure = err
		case errors.Is(err, sarama.ErrGroupAuthorizationFailed):
			return 0, err
		default:
			failure = err
		}
	}
	if 2*none > len(nodes) {
		return 0, coordination.ErrNoCoordinator
	}
	return 0, failure
}

// coordinatorBy asks one broker.
func (c *Client) coordinatorBy(ctx context.Context, n *broker.Node) (int32, error) {
	found, err := askPatiently(ctx, c, n, newFindCoordinatorRequest(c.group), decodeCoordinator)
	if err == nil && !kafkaerr.OK(found.code) {
		err = found.code
		c.pool.Observe(broker.APIFindCoordinator, err)
	}
	return found.id, err
}

// askPatiently asks a broker that others can stand in for.
func askPatiently[T any](ctx context.Context, c *Client, n *broker.Node, request wire.Request, decode func(*wire.Reader) T) (T, error) {
	ctx, cancel := c.pool.WithPatience(ctx)
	defer cancel()
	return broker.Ask(ctx, n, request, decode)
}

// newBrokersRequest asks for the brokers alone: it names no topics, which from version 1
// on is none and not all.
func newBrokersRequest() wire.Request {
	return wire.Request{Request: &kmsg.MetadataRequest{Topics: []kmsg.MetadataRequestTopic{}}, Min: 2, Max: 7, Throttle: 3}
}

// brokers is what one broker says of all.
type brokers struct {
	clusterID string
	byID      map[int32]cluster.Broker
}

// brokerMemory is how many bytes of memory a broker costs.
const brokerMemory = 150

func decodeBrokers(r *wire.Reader) brokers {
	b := brokers{byID: map[int32]cluster.Broker{}}
	for range r.Each(wire.Size{Fixed: 8, Strings: 2}) {
		id, host, port := r.Int32(), r.String(), r.Int32()
		r.Text() // its rack
		if r.Spend(brokerMemory) {
			b.byID[id] = cluster.Broker{ID: id, Address: net.JoinHostPort(host, strconv.Itoa(int(port)))}
		}
	}
	b.clusterID = r.String()
	r.SkipRest() // the controller, and the topics of a peer that takes none for all
	return b
}

// coordinatorAnswer is who coordinates a group.
type coordinatorAnswer struct {
	code sarama.KError
	id   int32
}

func newFindCoordinatorRequest(group string) wire.Request {
	request := kmsg.NewPtrFindCoordinatorRequest()
	request.CoordinatorKey = group
	return wire.Request{Request: request, Min: 1, Max: 2, Throttle: 1}
}

func decodeCoordinator(r *wire.Reader) coordinatorAnswer {
	a := coordinatorAnswer{code: sarama.KError(r.Int16())}
	r.Text() // the error in words
	a.id = r.Int32()
	r.Text() // its host
	r.Int32()
	return a
}
