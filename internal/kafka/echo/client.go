// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package echo writes records to the partitions of one topic and reads them back, by the
// same connections and logins as the scrapes. It creates the topic, and nothing else.
package echo

import (
	"context"
	"math"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
)

// Client writes to and reads from the partitions of one topic. It dials when first
// asked. One goroutine at a time may call NextRound and Learn, any may call the rest.
type Client struct {
	pool     *broker.Pool
	topology *snapshot.Topology
	topic    string
}

// New returns a client for cfg, which has been validated, and warns of its deprecated
// keys and of secrets in plain text.
func New(cfg kafkaconfig.Config, topic string, log *zap.Logger) (*Client, error) {
	cfg.Warn(log)
	// A broker that cannot create the topic, or coordinate the group, is still written to.
	p, err := broker.New(cfg, log, nil, broker.APICreateTopics, broker.APIFindCoordinator, broker.APIOffsetCommit)
	if err != nil {
		return nil, err
	}
	return &Client{pool: p, topology: snapshot.NewTopology(p, log, topic), topic: topic}, nil
}

// Start looks at what the configuration refers to: files, and a collector extension that
// hands out tokens. It does not dial. The error has a line for each mistake.
func (c *Client) Start(host component.Host) error { return c.pool.Start(host) }

// Close drops all connections, and ends what is under way.
func (c *Client) Close() { c.pool.Close() }

// NextRound lets brokers that failed be asked again, those that refused the login once
// they have done so for as long as pause.
func (c *Client) NextRound(now time.Time, pause time.Duration) { c.pool.NextRound(now, pause) }

// WithRequestTimeout bounds one request.
func (c *Client) WithRequestTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return c.pool.WithRequestTimeout(ctx)
}

// Learn asks for the brokers and the topic. Another cluster is followed when it alone has
// answered for as long as patience.
func (c *Client) Learn(ctx context.Context, now time.Time, patience time.Duration) (Topology, error) {
	ctx, release := c.pool.Until(ctx)
	defer release()
	learned, err := c.topology.Learn(ctx, now, patience)
	if err != nil {
		return Topology{}, err
	}
	t := Topology{ClusterID: learned.ClusterID, Brokers: learned.Brokers, controller: learned.Controller}
	if topic := learned.Topics[c.topic]; topic != nil {
		t.Partitions, t.Err = topic.Partitions, learned.Unclear[c.topic]
	} else {
		t.Err = kafkaerr.ErrNotAnswered
	}
	return t, nil
}

// node returns the broker, nil where the metadata does not name it.
func (c *Client) node(id int32) *broker.Node {
	for _, n := range c.pool.Brokers() {
		if n.ID == id {
			return n
		}
	}
	return nil
}

// remaining is the time that ctx leaves in milliseconds, for the broker's own limit.
func remaining(ctx context.Context) int32 {
	end, limited := ctx.Deadline()
	if !limited {
		return int32(time.Minute / time.Millisecond)
	}
	return int32(min(max(1, time.Until(end).Milliseconds()), math.MaxInt32)) // which is less than 25 days
}
