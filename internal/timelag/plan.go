// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Plan chooses the next round of look-ups, at most n: one on each partition,
// the largest lag first. A partition that [Dates.Learn] has not heard of since
// is not asked again. topics are those of which it has to be known whether they
// are compacted, see [Dates.Policies]. Where both are empty, nothing more can
// be learned before the next scrape.
func (d *Estimator) Plan(n int) (lookups []cluster.Lookup, topics []string) {
	topics = d.questions()
	d.wants = slices.DeleteFunc(d.wants, func(w want) bool {
		if len(lookups) == n {
			return false
		}
		t := d.topics[w.topic]
		p, _ := t.find(w.partition)
		switch {
		case d.scrape < p.aside || p.leader == cluster.NoBroker:
			return true
		case p.asked: // for another group: the answer comes first
			return false
		}
		open := false
		for commit := range w.commits() {
			at, ask, more := d.next(t, p, commit, w)
			if ask {
				lookups = append(lookups, cluster.Lookup{Topic: w.topic, Partition: w.partition, Leader: p.leader, At: at})
			}
			open = open || more
		}
		if !open && !p.asked {
			p.search = nil
		}
		return !open
	})
	return lookups, topics
}

// next chooses the look-up that a commit's date needs next, if it can be made
// now: a partition is asked one at a time. Where none would help, there are no
// more.
func (d *Estimator) next(t *topicDates, p *partitionDates, commit cluster.Offset, w want) (at cluster.Timestamp, ask, more bool) {
	known := d.date(t, p, commit)
	witness := w.witness && commit == w.commit && known.arrived.due && (known.arrived.by == 0 || !p.witnessed)
	_, verdict, _ := p.steps.date(commit, d.now, t.policy)
	switch {
	case known.quality >= w.need && !witness:
		return 0, false, false
	case p.asked:
		return 0, false, true
	case witness:
		at, ask = p.askWitness(known.arrived, d), true
	case known.by != nil:
		at, ask = p.askFor(known.by), true
	case verdict == foundUnlessCompacted:
		return 0, false, t.asking // look-ups cannot tell it
	case verdict == hopeless:
		return 0, false, false
	default:
		at, ask = p.ask(commit, d)
	}
	return at, ask, d.scrape >= p.aside
}

// ask goes on with the search for a commit's date.
func (p *partitionDates) ask(commit cluster.Offset, d *Estimator) (cluster.Timestamp, bool) {
	same, last := false, undated
	if p.search != nil {
		same, last = p.search.commit == commit && len(p.steps) > 0, p.search.at
	}
	p.question()
	at := p.search.next(p.steps, &p.history, commit, d.now)
	if same && at == last {
		// The answers do not fit together: the log has changed beneath them.
		p.steps, p.search, p.asked, p.aside = nil, nil, false, d.scrape+1
		return 0, false
	}
	return at, true
}

// question notes that a look-up is under way, and where the log ends.
func (p *partitionDates) question() {
	p.asked = true
	if p.search == nil {
		p.search = &progress{}
	}
	p.search.end = p.end
}

// askFor looks up whether a record is still there: otherwise the answer is the
// next one, whatever lay between.
func (p *partitionDates) askFor(known *step) cluster.Timestamp {
	p.search = nil
	p.question()
	return known.from
}

// askWitness looks up whether records arrive as they did.
func (p *partitionDates) askWitness(a arrived, d *Estimator) cluster.Timestamp {
	p.question()
	p.witnessed = true
	return a.ask(d)
}
