// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"maps"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// recheck is how often, in the time that arrivals are remembered, it is looked
// up whether they still stand for timestamps.
const recheck = 4

// Plan chooses the next round of look-ups, at most n: one on each partition,
// the largest lag first. A partition that [Dates.Learn] has not heard of since
// is not asked again. topics are those of which it has to be known whether they
// are compacted, see [Dates.Policies]. Where both are empty, nothing more can
// be learned before the next scrape.
func (d *Dates) Plan(n int) (lookups []cluster.Lookup, topics []string) {
	unclear := map[string]bool{}
	d.wants = slices.DeleteFunc(d.wants, func(w want) bool {
		if len(lookups) == n {
			return false
		}
		t := d.topics[w.topic]
		p := t.partitions[w.partition]
		if p.aside || p.leader == cluster.NoBroker {
			return true
		}
		if _, dated := d.date(t, p, w.commit); dated {
			return true
		}
		switch _, verdict := p.steps.date(w.commit, d.now, t.compacted); verdict {
		case foundUnlessCompacted:
			unclear[w.topic] = true
			return false
		case hopeless:
			return true
		}
		if at, ok := p.ask(w.commit, d.now); ok {
			lookups = append(lookups, cluster.Lookup{Topic: w.topic, Partition: w.partition, Leader: p.leader, At: at})
		}
		return p.aside
	})
	return lookups, slices.Sorted(maps.Keys(unclear))
}

// ask chooses a partition's next look-up, one at a time.
func (p *partitionDates) ask(commit cluster.Offset, now cluster.Timestamp) (cluster.Timestamp, bool) {
	if p.asked {
		return 0, false
	}
	same, last := p.search.commit == commit && len(p.steps) > 0, p.search.at
	at := p.search.next(p.steps, &p.history, commit, p.end, now)
	if same && at == last {
		// The answers do not fit together: the log has changed beneath them.
		p.steps, p.search, p.aside = nil, progress{}, true
		return 0, false
	}
	p.asked = true
	return at, true
}

// Learn takes the answers to a plan. Those about a partition that has changed
// beyond recognition since are dropped.
func (d *Dates) Learn(answers []cluster.Answer) {
	for _, a := range answers {
		t := d.topics[a.Topic]
		if t == nil {
			continue
		}
		if p := t.partitions[a.Partition]; p != nil && p.asked {
			p.asked = false
			d.learn(p, a)
		}
	}
}

func (d *Dates) learn(p *partitionDates, a cluster.Answer) {
	switch {
	case a.Err != nil:
		p.aside = true
		return
	case a.Offset == cluster.None:
		p.steps.learn(step{from: a.At, at: undated, offset: p.search.end})
		return
	}
	p.steps.learn(step{from: a.At, at: a.Time, offset: a.Offset})
	if arrived, ok := p.history.arrival(a.Offset); ok {
		apart := max(arrived-a.Time, a.Time-arrived)
		p.prompt = apart <= cluster.Timestamp(d.Interval.Milliseconds())
		p.promptUntil = d.now + cluster.Timestamp(d.Keep.Milliseconds()/recheck)
	}
}

// Policies tells which of the topics that a plan named are compacted. It holds
// for an hour. A topic that is not among those known counts as not compacted.
func (d *Dates) Policies(topics []string, compacted map[string]bool) {
	const hour = 3600 * 1000
	for _, name := range topics {
		if t := d.topics[name]; t != nil {
			t.compacted, t.compactedUntil = compacted[name], d.now+hour
		}
	}
}
