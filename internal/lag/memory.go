// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"cmp"
	"slices"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Memory holds the last known range of every partition's log from one scrape
// to the next. While a partition has no leader nobody can write to it, so its
// last range is still its range. The zero Memory is empty and ready for use.
type Memory struct {
	began  time.Time
	topics map[string]*remembered
}

// remembered is one topic. Its id distinguishes it from a later one of the same name.
type remembered struct {
	id     cluster.TopicID
	ranges []logRange // sorted by partition
}

// logRange is what was last learned of one partition.
type logRange struct {
	partition  int32
	start, end cluster.Offset
	at         time.Duration // when the end was learned, since the first scrape
}

// Restore fills in what s, learned at the time now, lacks of partitions without a
// leader, and remembers what it holds of the others. A partition whose leader
// merely did not answer stays unknown: it may have grown meanwhile.
//
// It also sets how fast records came since the last known end.
func (m *Memory) Restore(now time.Time, s *cluster.Snapshot) {
	if m.topics == nil {
		m.began = now
	}
	next := make(map[string]*remembered, len(s.Topics))
	for name, topic := range s.Topics {
		past := m.topics[name]
		if past != nil && past.id != topic.ID {
			past = nil
		}
		if topic.Unclear && past != nil { // it may list none of its partitions
			next[name] = past
			continue
		}
		next[name] = past.restore(now.Sub(m.began), topic)
	}
	m.topics = next
}

// restore fills in one topic and returns what to remember of it.
func (r *remembered) restore(now time.Duration, topic *cluster.Topic) *remembered {
	next := &remembered{id: topic.ID, ranges: make([]logRange, len(topic.Partitions))}
	for i := range topic.Partitions {
		p := &topic.Partitions[i]
		past := r.find(p.ID)
		if topic.Elsewhere && p.Leader != cluster.NoBroker && !p.End.Known() { // it was not asked, and grows
			past = unknownRange(p.ID)
		}
		if p.Leader == cluster.NoBroker {
			p.Start = p.Start.Or(past.start)
			p.End = p.End.Or(past.end)
			p.Remembered = true
		}
		if p.End.Known() && past.end.Known() {
			rate := NewRate(p.End-past.end, now-past.at)
			p.ProduceRate, p.ProduceRateKnown = rate.PerSecond, rate.Known
		}
		next.ranges[i] = past.learn(now, p)
	}
	return next
}

// find returns the last known range, unknown where there is none.
func (r *remembered) find(partition int32) logRange {
	if r == nil {
		return unknownRange(partition)
	}
	at, found := slices.BinarySearchFunc(r.ranges, partition, func(l logRange, id int32) int {
		return cmp.Compare(l.partition, id)
	})
	if !found {
		return unknownRange(partition)
	}
	return r.ranges[at]
}

func unknownRange(partition int32) logRange {
	return logRange{partition: partition, start: cluster.Unknown, end: cluster.Unknown}
}

// learn is the range to remember after p was seen. An end that went back
// belongs to another log than the one remembered.
func (l logRange) learn(now time.Duration, p *cluster.Partition) logRange {
	next := logRange{partition: p.ID, start: p.Start.Or(l.start), end: p.End.Or(l.end), at: l.at}
	if p.End.Known() && !p.Remembered {
		next.at = now
	}
	if p.End.Known() && p.End < l.end {
		next.start = p.Start
	}
	return next
}
