// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// scrape is one snapshot in the making. Brokers are asked in parallel; what
// they answer is put together by the one goroutine that asked.
type scrape struct {
	pool         *broker.Pool
	metadata     *metadataCache
	memory       *memory
	log          *zap.Logger
	ask          Request
	snapshot     *cluster.Snapshot
	claimedTwice map[string]bool // groups
	denied       map[string]bool // groups whose commits this login may not see
	leftOut      map[string]bool // groups beyond the limit
}

// newScrape begins with what the metadata says of the topics that are wanted.
func newScrape(c *Client, ask Request) *scrape {
	s := &scrape{
		pool: c.pool, metadata: &c.metadata, memory: &c.memory, log: c.log, ask: ask,
		claimedTwice: map[string]bool{}, denied: map[string]bool{},
		snapshot: &cluster.Snapshot{
			ClusterID: c.metadata.current.clusterID,
			Elsewhere: ask.Part != nil && !ask.Part.OwnsCluster(),
			Groups:    map[string]*cluster.Group{},
		},
	}
	s.failed(c.metadata.stale...)
	s.topics()
	return s
}

// topics takes the brokers and topics from the metadata.
func (s *scrape) topics() {
	meta := s.metadata.current
	s.snapshot.Brokers = meta.brokers
	s.snapshot.Topics = make(map[string]*cluster.Topic, len(meta.topics))
	s.snapshot.FilteredTopics, s.snapshot.FilteredPartitions = 0, 0
	for name, topic := range meta.topics {
		if !s.ask.Topic(name) {
			s.snapshot.FilteredTopics++
			s.snapshot.FilteredPartitions += len(topic.Partitions)
			continue
		}
		mine := *topic
		mine.Elsewhere = s.ask.Part != nil && !s.ask.Part.OwnsTopic(name)
		mine.Partitions = slices.Clone(topic.Partitions)
		s.snapshot.Topics[name] = &mine
	}
}

// unclear says which topics the metadata could not describe.
func (s *scrape) unclear() {
	for name, code := range s.metadata.current.unclear {
		if topic := s.snapshot.Topics[name]; topic != nil {
			f := broker.Failure(nil, broker.APIMetadata, code) // whoever was asked
			f.Partitions = max(1, len(topic.Partitions))
			s.failed(f)
		}
	}
}

// unnamed is something that a group has committed in and the metadata does not
// name: a topic, or a partition of one.
type unnamed struct {
	topic     string
	partition int32 // -1: the topic as a whole
}

// catchUp refreshes the metadata if it does not name a topic or partition that a group
// has committed in, to Kafka or ZooKeeper: it is either newer than the metadata or
// deleted. If the refreshed metadata does not name it either, it is deleted.
func (s *scrape) catchUp(ctx context.Context) {
	missing := s.notNamed()
	if unlike(missing, s.memory.missing) {
		if s.metadata.refresh(ctx) == nil {
			s.topics()
			s.memory.missing = s.notNamed()
		}
	} else {
		s.memory.missing = missing
	}
	s.unclear()
}

// unlike reports whether there is something in names that is not in known.
func unlike(names, known map[unnamed]bool) bool {
	for name := range names {
		if !known[name] {
			return true
		}
	}
	return false
}

// notNamed lists what the metadata does not name. Partitions are numbered from
// 0, so that the last one that a group committed decides for all.
func (s *scrape) notNamed() map[unnamed]bool {
	names := map[unnamed]bool{}
	for _, g := range slices.AppendSeq(slices.Clone(s.snapshot.ZooKeeper), maps.Values(s.snapshot.Groups)) {
		for _, t := range g.Commits {
			if len(t.Partitions) == 0 { // as a topic in ZooKeeper may have none
				continue
			}
			topic := s.snapshot.Topics[t.Topic]
			last := t.Partitions[len(t.Partitions)-1].Partition
			switch {
			case topic == nil:
				names[unnamed{t.Topic, -1}] = true
			case !topic.Unclear && int(last) >= len(topic.Partitions):
				names[unnamed{t.Topic, last}] = true
			}
		}
	}
	return names
}

// failed adds failures to the snapshot. An optional request that a broker does not
// support is none: it is only logged once.
func (s *scrape) failed(failures ...cluster.Failure) {
	for _, f := range failures {
		if kafkaerr.IsUnsupported(f.Err) && slices.Contains(optionalAPIs, f.API) {
			s.reportUnsupported(f)
		} else {
			s.snapshot.Failures = append(s.snapshot.Failures, f)
		}
	}
}

// async calls do in a goroutine of its own, and returns a channel with the result.
func async[T any](do func() T) <-chan T {
	result := make(chan T, 1)
	go func() { result <- do() }()
	return result
}

// refreshForRetry pauses, then refreshes the metadata: leaders and coordinators may have
// moved. Brokers that failed fast are asked once more. It reports whether a retry makes
// sense.
func (s *scrape) refreshForRetry(ctx context.Context) bool {
	if !pause(ctx, retryPause) {
		return false
	}
	s.pool.ResetForRetry()
	return s.metadata.refresh(ctx) == nil
}

// withHalfRemaining bounds many requests of one kind to half of the remaining time, so
// that enough is left for those after them.
func withHalfRemaining(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, limited := ctx.Deadline()
	if !limited {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, time.Until(deadline)/2, kafkaerr.ErrNoAnswer)
}

// followLeaders takes over who leads the partitions now.
func (s *scrape) followLeaders() {
	s.snapshot.Brokers = s.metadata.current.brokers
	for name, topic := range s.snapshot.Topics {
		if now := s.metadata.current.topics[name]; now != nil && now.ID == topic.ID {
			follow(topic, now)
		}
	}
}

// follow takes over who leads and replicates a topic's partitions. Those
// added meanwhile wait for the next scrape.
func follow(topic, now *cluster.Topic) {
	for i := range topic.Partitions {
		p := &topic.Partitions[i]
		if n := now.Find(p.ID); n != nil {
			p.Leader, p.Replicas, p.InSync = n.Leader, n.Replicas, n.InSync
		}
	}
}
