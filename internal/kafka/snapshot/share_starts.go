// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"errors"
	"maps"
	"slices"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
)

var errShareState = errors.New("it says of share-partitions that have started that they have not")

// sharePartition is a partition of a share group. The id distinguishes its topic from a
// later one of the same name.
type sharePartition struct {
	topic     string
	id        cluster.TopicID
	partition int32
}

// shareStarts is in which partitions share groups are known to have started, by group.
type shareStarts map[string]map[sharePartition]bool

// doubtStarts makes unknown what a coordinator says has not started, although it has: it
// could not read the group's state, and answers without an error.
func (s *scrape) doubtStarts() {
	starts := shareStarts{}
	doubted := map[int32]int{}
	for name, g := range s.snapshot.Groups {
		before := s.memory.shareStarts[name]
		switch {
		case g.Type != cluster.TypeShare:
		case !g.CommitsKnown && before != nil:
			starts[name] = before
		case g.CommitsKnown:
			started, n := s.started(g, before)
			starts[name] = started
			doubted[g.Coordinator] += n
		}
	}
	for name := range s.memory.seen { // of this scrape's, those too that are missing
		if before := s.memory.shareStarts[name]; before != nil && starts[name] == nil {
			starts[name] = before
		}
	}
	s.memory.shareStarts = starts
	maps.DeleteFunc(doubted, func(_ int32, n int) bool { return n == 0 })
	for _, n := range s.pool.Brokers() {
		if doubted[n.ID] > 0 {
			f := broker.Failure(n, broker.APIDescribeShareGroupOffsets, errShareState)
			f.Code, f.Partitions = cluster.CodeIncomplete, doubted[n.ID]
			s.failed(f)
		}
	}
}

// started returns where g has started, and how many partitions of those it was said
// not to have.
func (s *scrape) started(g *cluster.Group, before map[sharePartition]bool) (started map[sharePartition]bool, doubted int) {
	started = map[sharePartition]bool{}
	for _, t := range g.Commits {
		topic := s.snapshot.Topics[t.Topic]
		if topic == nil {
			continue
		}
		for i := range t.Partitions {
			c := &t.Partitions[i]
			p := sharePartition{t.Topic, topic.ID, c.Partition}
			if c.Offset == cluster.None && before[p] {
				c.Offset, t.Lags[i] = cluster.Unknown, cluster.Unknown
				doubted++
			}
			if c.Offset.Known() || before[p] {
				started[p] = true
			}
		}
	}
	return started, doubted
}

// reportUncounted says, once, that brokers do not count the lag of share groups.
func (s *scrape) reportUncounted() {
	for _, g := range s.snapshot.Groups {
		for _, t := range g.Commits {
			if !s.memory.uncounted && slices.Contains(t.Lags, cluster.None) {
				s.memory.uncounted = true
				s.log.Info("Brokers before Kafka 4.2 do not say how far behind share groups are: their lag is absent",
					zap.String("group", g.Name), zap.Int32("broker", g.Coordinator))
			}
		}
	}
}
