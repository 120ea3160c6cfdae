// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Plan chooses the next round of look-ups, at most n: one on each partition,
// the largest lag first. A partition that [Dates.Learn] has not heard of since
// is not asked again. topics are those of which it has to be known whether they
// are compacted, see [Dates.Policies]. Where both are empty, nothing more can
// be learned before the next scrape.
func (d *Dates) Plan(n int) (lookups []cluster.Lookup, topics []string) {
	topics = d.questions()
	d.wants = slices.DeleteFunc(d.wants, func(w want) bool {
		if len(lookups) == n {
			return false
		}
		t := d.topics[w.topic]
		p := t.partitions[w.partition]
		if p.aside || p.leader == cluster.NoBroker {
			return true
		}
		known := d.date(t, p, w.commit)
		recheck := d.recheck(p, known)
		if known.quality >= w.need && !recheck {
			return true
		}
		if _, verdict, _ := p.steps.date(w.commit, d.now, t.policy); !recheck && known.by == nil {
			switch {
			case verdict == foundUnlessCompacted:
				return !t.asking // of no use until the policy is told
			case verdict == hopeless:
				return true
			}
		}
		if at, ok := d.ask(p, w.commit, known, recheck); ok {
			lookups = append(lookups, cluster.Lookup{Topic: w.topic, Partition: w.partition, Leader: p.leader, At: at})
		}
		return p.aside
	})
	return lookups, topics
}

// ask chooses a partition's next look-up, one at a time.
func (d *Dates) ask(p *partitionDates, commit cluster.Offset, known date, recheck bool) (cluster.Timestamp, bool) {
	switch {
	case p.asked:
		return 0, false
	case recheck:
		return p.askAgain(commit, d.interval())
	case known.by != nil:
		return p.askFor(known.by), true
	}
	return p.ask(commit, d.now)
}

// ask goes on with the search for a commit's date.
func (p *partitionDates) ask(commit cluster.Offset, now cluster.Timestamp) (cluster.Timestamp, bool) {
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

// askFor looks up whether a record is still there: otherwise the answer is the
// next one, whatever lay between.
func (p *partitionDates) askFor(known *step) cluster.Timestamp {
	p.asked, p.search = true, progress{end: p.end}
	return known.from
}

// askAgain looks up whether records are still as late as they were: one that is
// stamped no more than an interval earlier than expected is to be there.
func (p *partitionDates) askAgain(commit cluster.Offset, interval cluster.Timestamp) (cluster.Timestamp, bool) {
	arrived, ok := p.history.arrival(commit)
	if !ok {
		return 0, false
	}
	p.asked, p.rechecks = true, true
	p.search.end = p.end
	return arrived - p.lateness.by - interval, true
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
	rechecked := p.rechecks
	p.rechecks = false
	if a.Err != nil { // the next scrape may ask the very same
		p.aside, p.search = true, progress{}
		return
	}
	if a.Offset == cluster.None {
		p.steps.learn(step{from: a.At, at: undated, offset: p.search.end, seen: d.now})
		p.lateness.steady = p.lateness.steady && !rechecked
		return
	}
	p.steps.learn(step{from: a.At, at: a.Time, offset: a.Offset, seen: d.now})
	if arrived, ok := p.history.arrival(a.Offset); ok {
		p.lateness.learn(arrived-a.Time, d)
	} else if rechecked {
		p.lateness.recheckAt = d.now // by a record from before the history: nothing learned
	}
}
