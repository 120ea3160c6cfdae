// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"maps"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/parallel"
)

// batchPartitions is about how many partitions of groups are dated by one goroutine at a
// time. A single topic of a group may have more.
const batchPartitions = 4096

// batch is some topics of groups, and what dating them came to.
type batch struct {
	topics  []*lag.Topic
	known   []*topicDates // of each topic
	unknown int
	targets []target
	unclear map[string]bool
}

// batches cuts what is to be dated into batches, in its order.
func (d *Estimator) batches(dated []*lag.Topic) []batch {
	var batches []batch
	for first := 0; first < len(dated); {
		end, partitions := first, 0
		for end < len(dated) && (end == first || partitions+len(dated[end].Partitions) <= batchPartitions) {
			partitions += len(dated[end].Partitions)
			end++
		}
		batches = append(batches, batch{topics: dated[first:end], known: d.inUse[first:end]})
		first = end
	}
	return batches
}

// ages fills in the ages in all topics of groups, and returns how many are unknown. What
// is known of records does not change meanwhile, so several goroutines share that.
func (d *Estimator) ages(dated []*lag.Topic) (unknown int) {
	batches := d.batches(dated)
	parallel.Each(parallel.Workers(), len(batches), func(_, job int) {
		b := batches[job] // a copy: neighbours are written by other goroutines
		b.unclear = map[string]bool{}
		for i, t := range b.topics {
			b.topic(d, t, b.known[i])
		}
		batches[job] = b
	})
	wanted := 0
	for i := range batches {
		wanted += len(batches[i].targets)
	}
	// A start wants all to be dated, which is more than ever after.
	if cap(d.targets) > 4*wanted {
		d.targets = nil
	}
	d.targets, d.sorted = slices.Grow(d.targets[:0], wanted), false
	for i := range batches {
		b := &batches[i]
		unknown += b.unknown
		d.targets = append(d.targets, b.targets...)
		b.targets = nil
		maps.Copy(d.unclear, b.unclear)
	}
	return unknown
}

// topic fills in the ages of one group in one topic.
func (b *batch) topic(d *Estimator, t *lag.Topic, known *topicDates) {
	t.AgeMax, t.AgeBound = lag.Age{Known: true}, lag.Age{Known: true}
	for i := range t.Partitions {
		p := &t.Partitions[i]
		if p.Lag == cluster.None { // no broker counts it, so that no look-up helps
			t.AgeMax, t.AgeBound = lag.Age{}, lag.Age{}
			return
		}
		var bound lag.Age
		p.Age, bound = b.age(d, t.Name, known, p)
		t.AgeMax, t.AgeBound = t.AgeMax.Max(p.Age), t.AgeBound.Max(bound)
		if !p.Age.Known {
			b.unknown++
		}
	}
}

// age is the age of the first record that a group has not read in a partition, and an
// upper bound for it:
//   - 0 if there is none: the group has read all, or retention has deleted the rest;
//   - 0 if its timestamp is in the future;
//   - what look-ups find if the lag includes records beyond the end offset: that of share
//     groups and of open transactions does, if the end is the last stable offset.
func (b *batch) age(d *Estimator, topic string, t *topicDates, g *lag.Partition) (age, bound lag.Age) {
	if !g.Lag.Known() {
		return lag.Age{}, lag.Age{}
	}
	p, _ := t.find(g.ID)
	commit := p.unread(g.Committed)
	switch {
	case g.Lag == 0:
		return lag.Age{Known: true}, lag.Age{Known: true}
	case g.Committed < p.end && commit >= p.end:
		return lag.Age{Known: true}, lag.Age{Known: true}
	}
	date := d.date(t, p, commit)
	if w := (target{topic: topic, partition: g.ID, commit: commit, lag: g.Lag}); w.assess(date, p) {
		b.targets = append(b.targets, w)
	}
	age = d.since(date.at)
	if (date.quality == none || age.Duration > d.Interval) && d.unclearPolicy(t) {
		b.unclear[topic] = true
	}
	if date.quality == none {
		return lag.Age{}, lag.Age{}
	}
	return age, d.since(d.earliest(p, commit, date))
}
