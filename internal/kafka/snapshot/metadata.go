// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// retryPause is the pause before a part of a scrape is asked again: elections and
// moving coordinators take a moment.
const retryPause = 250 * time.Millisecond

// metadata is what one broker said of the whole cluster. It is never changed.
type metadata struct {
	clusterID string
	brokers   map[int32]cluster.Broker
	topics    map[string]*cluster.Topic
	// controller is a broker id, or [cluster.NoBroker].
	controller int32
	// unclear names the topics that the broker could not describe, with why.
	unclear map[string]sarama.KError
	// allowed is the bit set of the operations that this login may perform on the
	// cluster, or [operationsUnknown].
	allowed int32
	from    *broker.Node
	at      time.Time
}

// metadataCache keeps the last metadata that was learned.
type metadataCache struct {
	pool   *broker.Pool
	maxAge time.Duration
	log    *zap.Logger
	// topics are the only ones that are asked about; nil: all.
	topics []string

	// clusterID is that of the cluster that is reported, empty until a broker has
	// returned one.
	clusterID string
	current   *metadata // nil at first
	// disputed says that only another cluster answered when it was last asked for.
	disputed bool
	// fresh says that it was learned in this scrape, stale why the cached one is still
	// used although it is due.
	fresh        bool
	stale        []cluster.Failure
	aclsReported bool
	// describesCluster says whether this login may describe the cluster, nil where no
	// broker has said.
	describesCluster *bool
}

// learn gets the cluster's brokers and topics from whichever broker answers first,
// unless the cached metadata is young enough. The cache is not used while a broker is
// down or a partition has no leader: leaders and coordinators are moving then.
func (c *metadataCache) learn(ctx context.Context) error {
	c.fresh, c.stale = false, nil
	if c.current != nil && !c.disputed && time.Since(c.current.at) < c.maxAge && c.current.isComplete() && !c.pool.Troubled() {
		return nil
	}
	err := c.refresh(ctx)
	if err != nil && c.current != nil && c.maxAge > 0 && !answersForAnother(err) {
		c.stale = failuresOf(err)
		return nil
	}
	return err
}

// isComplete reports whether all partitions have a leader and all topics could be
// described.
func (m *metadata) isComplete() bool {
	for _, topic := range m.topics {
		if topic.Unclear || slices.ContainsFunc(topic.Partitions, func(p cluster.Partition) bool { return p.Leader == cluster.NoBroker }) {
			return false
		}
	}
	return true
}

// refresh asks for metadata.
func (c *metadataCache) refresh(ctx context.Context) error {
	ctx, cancel := c.pool.WithRequestTimeout(ctx)
	defer cancel()
	answer, err := c.askMetadata(ctx, nil)
	c.disputed = answersForAnother(err)
	if err != nil {
		return err
	}
	if c.current.lost(answer) {
		if answer, err = c.confirm(ctx, answer); err != nil {
			return err
		}
	}
	c.setClusterID(answer)
	c.pool.SetBrokers(answer.brokers)
	c.current = answer
	c.fresh = true
	c.reportMissingACLs(answer)
	return nil
}

// lost reports whether a topic of m is missing in next: it was deleted, or the broker
// that answered does not know the cluster yet.
func (m *metadata) lost(next *metadata) bool {
	if m == nil {
		return false
	}
	for name := range m.topics {
		if next.topics[name] == nil {
			return true
		}
	}
	return false
}

// confirm asks a second time after topics have disappeared, another broker
// where there is one. The answer that knows more counts. Without a second answer
// the refresh fails: the first one alone could make the receiver forget topics that
// still exist.
func (c *metadataCache) confirm(ctx context.Context, first *metadata) (*metadata, error) {
	if !pause(ctx, retryPause) {
		return nil, context.Cause(ctx)
	}
	second, err := c.askMetadata(ctx, first.from)
	if err != nil {
		return nil, err
	}
	if len(second.topics) < len(first.topics) {
		return first, nil
	}
	return second, nil
}

// askMetadata asks one broker after the other, the next one as soon as one has
// failed or not answered for a quarter of the request timeout. The broker last
// comes last.
func (c *metadataCache) askMetadata(ctx context.Context, last *broker.Node) (*metadata, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(context.Canceled) // those that are slower are not to blame
	nodes, spared := c.pool.Candidates(last)
	withLimits, reported := !c.aclsReported, c.clusterID
	type outcome struct {
		asked int
		meta  *metadata
		err   error
	}
	outcomes := make(chan outcome, len(nodes))
	asked := 0
	askNext := func() {
		if asked == len(nodes) {
			return
		}
		i := asked
		asked++
		go func() {
			meta, err := c.metadataOf(ctx, nodes[i], withLimits)
			if err == nil {
				err = meta.checkIdentity(reported)
			}
			outcomes <- outcome{i, meta, err}
		}()
	}
	patience := time.NewTicker(c.pool.Patience())
	defer patience.Stop()
	var failures []cluster.Failure
	askNext()
	for len(failures) < len(nodes) {
		select {
		case o := <-outcomes:
			if o.err == nil {
				broker.ClearSpared(spared)
				return o.meta, nil
			}
			failures = append(failures, broker.Failure(nodes[o.asked], broker.APIMetadata, o.err))
			askNext()
		case <-patience.C:
			askNext()
		}
	}
	return nil, &noMetadataError{failures}
}

// metadataOf asks one broker.
func (c *metadataCache) metadataOf(ctx context.Context, n *broker.Node, withLimits bool) (*metadata, error) {
	meta, err := broker.Ask(ctx, n, newMetadataRequest(withLimits, c.topics...), decodeMetadata)
	if err != nil {
		return nil, err
	}
	meta.from, meta.at = n, time.Now()
	if len(meta.brokers) == 0 {
		return nil, kafkaerr.ErrNoBrokers
	}
	return meta, nil
}

// newMetadataRequest asks for the topics, or for all where none is named. None is
// ever created by asking: before version 4, one that is named would be. withLimits
// asks what this login may do besides, which only versions 8 to 10 return.
func newMetadataRequest(withLimits bool, topics ...string) wire.Request {
	request := kmsg.NewPtrMetadataRequest()
	request.IncludeClusterAuthorizedOperations = withLimits
	var oldest int16
	const firstWithoutCreating = 4
	for _, name := range topics {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = new(name)
		request.Topics = append(request.Topics, topic)
		oldest = firstWithoutCreating
	}
	newest := int16(12)
	if withLimits {
		newest = lastWithLimits
	}
	return wire.Request{Request: request, Min: oldest, Max: newest, Throttle: 3}
}

// noMetadataError means that no broker described the cluster.
type noMetadataError struct{ failures []cluster.Failure }

func (e *noMetadataError) Error() string {
	reasons := make([]string, 0, len(e.failures))
	for _, f := range e.failures {
		reasons = append(reasons, fmt.Sprintf("%s: %v", f.Address, f.Err))
	}
	return "no broker answered: " + strings.Join(reasons, "; ")
}

func (e *noMetadataError) Unwrap() []error {
	errs := make([]error, len(e.failures))
	for i, f := range e.failures {
		errs[i] = f.Err
	}
	return errs
}

// failuresOf takes apart the error of a scrape that learned nothing.
func failuresOf(err error) []cluster.Failure {
	if e, ok := errors.AsType[*noMetadataError](err); ok {
		return e.failures
	}
	return []cluster.Failure{broker.Failure(nil, broker.APIMetadata, err)}
}

// pause waits for d and reports whether ctx still goes on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
