// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Growth estimates how fast partitions grow, of the topics that are limited in size.
// The zero Growth knows nothing and is ready for use.
type Growth struct {
	topics map[string]*sizedTopic
}

// sizedTopic is one topic. Its id distinguishes it from a later one of the same name.
type sizedTopic struct {
	id         cluster.TopicID
	partitions map[int32]*sizedPartition
}

// sizedPartition is what is known of a partition since its size was.
type sizedPartition struct {
	perOffset float64 // bytes
	// since is where growth is counted from, next where it will be.
	since, next position
}

// position is where a partition ended at a time.
type position struct {
	at  time.Time
	end cluster.Offset
}

// growthWindow is for how long growth is counted at least, and for twice as long at
// most where sizes come as often.
const growthWindow = 5 * time.Minute

// Observe learns from s, at the time now: where partitions end, and how large those
// are whose size was asked for.
func (g *Growth) Observe(now time.Time, s *cluster.Snapshot) {
	topics := make(map[string]*sizedTopic, len(g.topics))
	for name, topic := range s.Topics {
		if !topic.Config.LimitsSize() {
			continue
		}
		known := g.topics[name]
		if known == nil || known.id != topic.ID {
			known = &sizedTopic{id: topic.ID, partitions: map[int32]*sizedPartition{}}
		}
		for i := range topic.Partitions {
			known.observe(now, &topic.Partitions[i])
		}
		topics[name] = known
	}
	g.topics = topics
}

// observe learns from a partition. An end that went back belongs to another log.
func (t *sizedTopic) observe(now time.Time, p *cluster.Partition) {
	known := t.partitions[p.ID]
	if known != nil && p.End.Known() && p.End < known.next.end {
		delete(t.partitions, p.ID)
		known = nil
	}
	if !p.SizeKnown || !p.Start.Known() || !p.End.Known() {
		return
	}
	here := position{now, p.End}
	if known == nil {
		known = &sizedPartition{since: here, next: here}
		t.partitions[p.ID] = known
	}
	if now.Sub(known.next.at) >= growthWindow {
		known.since, known.next = known.next, here
	}
	known.perOffset = 0
	if kept := p.End - p.Start; kept > 0 {
		known.perOffset = float64(p.Size) / float64(kept)
	}
}

// timeLeft is how long it takes until a record of the topic may be deleted, because of
// its size, that a group has not read.
func (g *Growth) timeLeft(now time.Time, topic *cluster.Topic, group []Partition) remaining {
	switch c := topic.Config; {
	case c == nil || c.Deletes == nil || c.RetentionSize == nil:
		return remaining{}
	case !*c.Deletes || *c.RetentionSize == cluster.NoLimit:
		return remaining{never: true}
	case c.Tiered: // what is on the brokers' disks is not all
		return remaining{}
	}
	known := g.topics[topic.Name]
	if known == nil {
		return remaining{}
	}
	left := remaining{never: true}
	for _, p := range group {
		at := topic.Find(p.ID)
		if at == nil {
			return remaining{}
		}
		left = left.sooner(known.partitions[p.ID].timeLeft(now, *topic.Config.RetentionSize, at, p.Committed))
	}
	return left
}

// timeLeft is the same of one partition. A segment is deleted when as much as the limit
// comes after it, so that no record is with less than that behind it.
func (s *sizedPartition) timeLeft(now time.Time, limit int64, p *cluster.Partition, committed cluster.Offset) remaining {
	if s == nil || !committed.Known() || !p.Start.Known() || !p.End.Known() || !now.After(s.since.at) {
		return remaining{}
	}
	unread := max(p.End-max(committed, p.Start), 0)
	left := float64(limit) - s.perOffset*float64(unread)
	perSecond := s.perOffset * float64(p.End-s.since.end) / now.Sub(s.since.at).Seconds()
	const longest = 100 * 365 * 24 * time.Hour
	switch {
	case left <= 0:
		return within(0)
	case left >= perSecond*longest.Seconds():
		return remaining{never: true}
	}
	return within(time.Duration(left / perSecond * float64(time.Second)))
}
