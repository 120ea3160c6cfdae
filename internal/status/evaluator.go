// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package status says whether consumer groups keep up. It has the rules of
// Burrow, but looks at scrapes instead of commits. It uses the standard library
// only.
package status

import (
	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// Evaluator remembers the last scrapes and says of each group and partition how it
// does.
type Evaluator struct {
	// Window is how many scrapes a status is evaluated over, at least 2.
	Window int

	groups map[string]*group
}

// group is what is remembered of one group.
type group struct {
	absent     int // scrapes in a row
	partitions map[topicPartition]*seen
}

type topicPartition struct {
	topic     string
	id        cluster.TopicID
	partition int32
}

// seen is one partition of one group.
type seen struct {
	samples samples
	absent  int // scrapes in a row
}

// Evaluate fills in the statuses of r, which was computed from s. A scrape that
// does not know a lag is left out of the trend.
func (j *Evaluator) Evaluate(s *cluster.Snapshot, r *lag.Report) {
	if j.groups == nil {
		j.groups = map[string]*group{}
	}
	for _, g := range j.groups {
		g.absent++
	}
	for i := range r.Groups {
		g := &r.Groups[i]
		known := j.groups[g.Name]
		if known == nil {
			known = &group{partitions: map[topicPartition]*seen{}}
			j.groups[g.Name] = known
		}
		known.absent = 0
		known.evaluate(s, g, j.Window)
	}
	for name, g := range j.groups {
		if g.absent > j.Window {
			delete(j.groups, name)
		}
	}
}

// evaluate sets the status of one group: that of its worst partition, and unknown while
// one of them is.
func (j *group) evaluate(s *cluster.Snapshot, g *lag.Group, window int) {
	for _, p := range j.partitions {
		p.absent++
	}
	worst, unknown := lag.StatusUnknown, false
	for i := range g.Topics {
		t := &g.Topics[i]
		for n := range t.Partitions {
			p := &t.Partitions[n]
			p.Status = j.partition(topicPartition{t.Name, s.Topics[t.Name].ID, p.ID}, *p, window)
			unknown = unknown || p.Status == lag.StatusUnknown
			worst = max(worst, p.Status)
		}
	}
	if !unknown {
		g.Status = worst
	}
	for key, p := range j.partitions {
		if p.absent > window {
			delete(j.partitions, key)
		}
	}
}

func (j *group) partition(key topicPartition, now lag.Partition, window int) lag.Status {
	p := j.partitions[key]
	if p == nil {
		p = &seen{}
		j.partitions[key] = p
	}
	p.absent = 0
	if !now.Lag.Known() {
		return lag.StatusUnknown
	}
	if len(p.samples) == window {
		copy(p.samples, p.samples[1:])
		p.samples = p.samples[:window-1]
	}
	p.samples = append(p.samples, sample{now.Committed, now.Lag})
	return p.samples.status(window)
}
