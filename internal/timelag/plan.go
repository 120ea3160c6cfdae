// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"cmp"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Plan chooses the next round of look-ups, at most n: one for each partition, the
// largest lag first. A partition whose last look-up has not been passed to
// [Estimator.Learn] is left out. topics are those whose cleanup policy is needed, see
// [Estimator.Policies]. If both are empty, nothing more can be learned before the next
// scrape.
func (d *Estimator) Plan(n int) (lookups []cluster.Lookup, topics []string) {
	topics = d.unclearTopics()
	d.sort()
	d.targets = slices.DeleteFunc(d.targets, func(w target) bool {
		if len(lookups) == n {
			return false
		}
		t := d.topics[w.topic]
		p, _ := t.find(w.partition)
		switch {
		case d.scrape < p.skipUntil || p.leader == cluster.NoBroker:
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

// sort puts the largest lag first. That is left to the search: a scrape seldom waits for it.
func (d *Estimator) sort() {
	if d.sorted {
		return
	}
	slices.SortFunc(d.targets, func(a, b target) int {
		return cmp.Or(cmp.Compare(b.lag, a.lag), cmp.Compare(a.topic, b.topic), cmp.Compare(a.partition, b.partition))
	})
	d.sorted = true
}

// next chooses the look-up that a commit's date needs next, if it can be made now: a
// partition has one at a time. more is false if no look-up would help.
func (d *Estimator) next(t *topicDates, p *partitionDates, commit cluster.Offset, w target) (at cluster.Timestamp, ask, more bool) {
	known := d.date(t, p, commit)
	anchor := w.anchor && commit == w.commit && known.arrived.due && (known.arrived.by == 0 || !p.anchorAsked)
	_, verdict, _ := p.index.date(commit, d.now, t.policy)
	switch {
	case known.quality >= w.need && !anchor:
		return 0, false, false
	case p.asked:
		return 0, false, true
	case anchor:
		at, ask = p.askAnchor(known.arrived, commit, d), true
	case known.by != nil:
		at, ask = p.askFor(known.by, commit), true
	case verdict == foundUnlessCompacted:
		return 0, false, t.asking // look-ups cannot find it
	case verdict == hopeless:
		return 0, false, false
	default:
		at, ask = p.ask(commit, d)
	}
	return at, ask, d.scrape >= p.skipUntil
}

// ask goes on with the search for a commit's date.
func (p *partitionDates) ask(commit cluster.Offset, d *Estimator) (cluster.Timestamp, bool) {
	same, last := false, undated
	if p.search != nil {
		same, last = p.search.commit == commit && len(p.index) > 0, p.search.at
	}
	p.startLookup(commit)
	at := p.search.next(p.index, &p.history, commit, d.now)
	if same && at == last {
		// The answers do not fit together: the log has changed beneath them.
		p.index, p.search, p.asked, p.skipUntil = nil, nil, false, d.scrape+1
		return 0, false
	}
	return at, true
}

// startLookup notes that a look-up is under way, and where the log ends: there is a
// record at commit, which may be beyond the last stable offset.
func (p *partitionDates) startLookup(commit cluster.Offset) {
	p.asked = true
	if p.search == nil {
		p.search = &progress{}
	}
	p.search.end = max(p.end, commit+1)
}

// askFor looks up whether a record still exists. If not, the answer is the next record.
func (p *partitionDates) askFor(known *lookupResult, commit cluster.Offset) cluster.Timestamp {
	p.search = nil
	p.startLookup(commit)
	return known.from
}

// askAnchor looks up a new anchor: whether records still arrive as they did.
func (p *partitionDates) askAnchor(a arrived, commit cluster.Offset, d *Estimator) cluster.Timestamp {
	p.startLookup(commit)
	p.anchorAsked = true
	return a.ask(d)
}
