// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package history remembers what the last scrapes saw of each group's
// partitions. It uses the standard library only and takes the time from its
// caller.
package history

import (
	"slices"
	"strings"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// History is what the last scrapes saw of each group. It is not safe for
// concurrent use.
type History struct {
	// Window is the number of scrapes that are remembered, 2 at least.
	Window int

	began  time.Time
	scrape uint32
	// times are those of the last scrapes, the newest last, as in [Sample.At].
	times  []time.Duration
	groups map[string]*group
}

// group is one group.
type group struct {
	scrape uint32   // the last one that it was seen in
	topics []*Topic // sorted by name
}

// Topic is what is remembered of a group in one topic.
type Topic struct {
	name       string
	id         cluster.TopicID // differs for a later topic of the same name
	scrape     uint32
	partitions []Partition // sorted by id
}

// Observe adds what a scrape saw: r was computed from s at the time now. Groups,
// topics and partitions that have not been seen for a whole window are dropped.
func (h *History) Observe(now time.Time, s *cluster.Snapshot, r *lag.Report) {
	if h.groups == nil {
		h.began, h.groups = now, map[string]*group{}
	}
	h.begin(now.Sub(h.began).Truncate(time.Millisecond))
	for _, groups := range [...][]lag.Group{r.Groups, r.Share} { // an id is of one type
		for i := range groups {
			g := &groups[i]
			known := h.groups[g.Name]
			if known == nil {
				known = &group{}
				h.groups[g.Name] = known
			}
			known.observe(h, s, g)
		}
	}
	for name, g := range h.groups {
		if h.forgotten(g.scrape) {
			delete(h.groups, name)
		}
	}
}

// begin starts a scrape. A partition that comes back has not been seen for a window at
// most, and before that it may have been at rest for as long: so far back times are kept.
func (h *History) begin(at time.Duration) {
	h.scrape++
	if len(h.times) > 2*h.Window {
		h.times = slices.Delete(h.times, 0, 1)
	}
	h.times = append(h.times, at)
}

// at returns when a scrape was.
func (h *History) at(scrape uint32) time.Duration {
	return h.times[len(h.times)-1-int(h.scrape-scrape)]
}

// forgotten reports whether what was last seen in that scrape is to be dropped.
func (h *History) forgotten(scrape uint32) bool { return int(h.scrape-scrape) > h.Window }

// Of returns what is remembered of a group in a topic, or nil.
func (h *History) Of(group, topic string) *Topic {
	g := h.groups[group]
	if g == nil {
		return nil
	}
	place, found := g.find(topic)
	if !found {
		return nil
	}
	return g.topics[place]
}

func (g *group) observe(h *History, s *cluster.Snapshot, now *lag.Group) {
	g.scrape = h.scrape
	for i := range now.Topics {
		t := &now.Topics[i]
		g.topic(t.Name, s.Topics[t.Name].ID).observe(h, t)
	}
	g.topics = slices.DeleteFunc(g.topics, func(t *Topic) bool { return h.forgotten(t.scrape) })
}

// topic returns what is remembered of a topic: nothing of one that was created
// anew.
func (g *group) topic(name string, id cluster.TopicID) *Topic {
	place, found := g.find(name)
	switch {
	case !found:
		g.topics = slices.Insert(g.topics, place, &Topic{name: name, id: id})
	case g.topics[place].id != id:
		g.topics[place] = &Topic{name: name, id: id}
	}
	return g.topics[place]
}

func (g *group) find(name string) (place int, found bool) {
	return slices.BinarySearchFunc(g.topics, name, func(t *Topic, name string) int { return strings.Compare(t.name, name) })
}

func (t *Topic) observe(h *History, now *lag.Topic) {
	t.scrape = h.scrape
	if t.partitions == nil {
		t.partitions = make([]Partition, 0, len(now.Partitions))
	}
	for i := range now.Partitions {
		p := &now.Partitions[i]
		t.partition(p.ID).observe(h, p)
	}
	t.partitions = slices.DeleteFunc(t.partitions, func(p Partition) bool { return h.forgotten(p.scrape) })
}

// partition returns what is remembered of a partition.
func (t *Topic) partition(id int32) *Partition {
	place, found := t.find(id)
	if !found {
		t.partitions = slices.Insert(t.partitions, place, Partition{id: id})
	}
	return &t.partitions[place]
}

// Partition returns what is remembered of a partition, or nil. It is valid until
// the next scrape is observed.
func (t *Topic) Partition(id int32) *Partition {
	place, found := t.find(id)
	if !found {
		return nil
	}
	return &t.partitions[place]
}

func (t *Topic) find(id int32) (place int, found bool) {
	// Ids count from 0, so that only a topic used in part is searched.
	if i := int(id); i >= 0 && i < len(t.partitions) && t.partitions[i].id == id {
		return i, true
	}
	return slices.BinarySearchFunc(t.partitions, id, func(p Partition, id int32) int { return int(p.id) - int(id) })
}
