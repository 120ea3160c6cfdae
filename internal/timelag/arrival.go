// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import "github.com/kafkalag/kafkalagreceiver/internal/cluster"

// What the arrival of a record tells of its timestamp rests on two things:
//
//   - It is stamped no later than it arrived.
//   - It is dated no earlier than any record before it, since the largest
//     timestamp so far is what counts.
//
// So the date of a commit lies between the timestamp of the last record that a
// look-up has found at or before it, its witness, and its own arrival. Where
// these are close together, that is all there is to know. Where they are not, a
// new look-up makes a new witness, or shows that records come late.

// witnessed is how much older a witness may be, as a part of the time that
// arrivals are remembered, before another is looked for.
const witnessed = 4

// arrived is what a commit's arrival tells.
type arrived struct {
	at cluster.Timestamp // the estimate of its date
	quality
	// by is how late the witness arrived, 0 where that is next to nothing.
	by cluster.Timestamp
	// due says that a look-up is to make a new witness, lasts that at the next
	// scrape the one there is will still do.
	due, lasts bool
}

// holds is for how long a witness speaks for those that arrive after it, when
// it was not late.
func (d *Estimator) holds() cluster.Timestamp {
	return max(cluster.Timestamp(d.Keep.Milliseconds()/witnessed), 2*d.interval())
}

// carries is for how long one does that was late. More would keep the time lag of
// a group that has read all at times, and tell for longer what is not true any
// more.
func (d *Estimator) carries() cluster.Timestamp { return 3 * d.interval() }

// arrival dates a commit by when its record arrived. In a compacted topic that
// may be gone, and the next one be as young as now: then it tells only what is
// no older than an interval.
func (d *Estimator) arrival(t *topicDates, p *partitionDates, commit cluster.Offset) arrived {
	when, ok := p.history.arrival(commit)
	if !ok || t.policy.gaps() && d.now-when > d.interval() {
		return arrived{}
	}
	if d.DisableLookups {
		return arrived{at: when, quality: good}
	}
	witness, before := p.steps.below(commit)
	if witness == nil {
		return arrived{}
	}
	by, known := p.lateness(witness)
	switch {
	case known && max(by, -by) > d.off(when):
		return d.belated(p, commit, when-by, by, witness, before)
	case known:
		when -= p.slightly(by, before)
	case witness.offset != p.prompt && p.history.at-witness.at > d.off(when):
		return arrived{} // it came before the history began, and so late or not
	}
	return d.promptly(p, commit, when, witness)
}

// slightly is by how much records are late that are hardly: so little may also be
// what an arrival is off by, so that what counts is what the last two have.
func (p *partitionDates) slightly(by cluster.Timestamp, before *step) cluster.Timestamp {
	if before == nil {
		return 0
	}
	earlier, known := p.lateness(before)
	if !known {
		return 0
	}
	return max(min(by, earlier), 0)
}

// refuted tells whether a look-up has shown that records which came after the
// witness, and before the commit, are later than it was: there was none among
// them where one that is by so much late would have been.
func (d *Estimator) refuted(p *partitionDates, commit cluster.Offset, by cluster.Timestamp) bool {
	in := p.steps.inVain(commit)
	if in == nil {
		return false
	}
	arrived, known := p.history.arrival(in.offset - 1)
	return !known || arrived-by-in.from >= d.interval()
}

// promptly is where records arrive when they are stamped. That is believed of
// them while it is looked up again: a group that has read all for long does not
// lose its time lag when it is a record behind. An estimate that is about to leave
// the history is rough, so that the search begins while it still serves.
func (d *Estimator) promptly(p *partitionDates, commit cluster.Offset, when cluster.Timestamp, witness *step) arrived {
	a := arrived{at: when, quality: good, due: when-witness.at > d.holds()}
	switch keep := max(cluster.Timestamp(d.Keep.Milliseconds()), 2*d.holds()); {
	case d.now-when > keep || !p.steps.allow(commit, when, d.off(when)) || d.refuted(p, commit, 0):
		return arrived{}
	case d.now-when > keep*3/4:
		a.quality = rough
	}
	return a
}

// belated is where they arrive by so much later, as mirrored and replayed ones
// do: for a few intervals after one that was as late as the one before it.
func (d *Estimator) belated(p *partitionDates, commit cluster.Offset, at, by cluster.Timestamp, witness, before *step) arrived {
	if before == nil || !p.steps.allow(commit, at, d.off(at)) || d.refuted(p, commit, by) {
		return arrived{}
	}
	earlier, known := p.lateness(before)
	steady := known && max(by-earlier, earlier-by) <= max(d.interval(), by/20)
	since := at - witness.at
	if !steady || since > d.carries() {
		return arrived{}
	}
	return arrived{at: at, quality: guessed, by: by, due: commit != witness.offset, lasts: since+d.interval() <= d.carries()}
}

// lateness is how long after its timestamp a record arrived, if that is
// remembered.
func (p *partitionDates) lateness(s *step) (by cluster.Timestamp, known bool) {
	arrived, known := p.history.arrival(s.offset)
	return arrived - s.at, known
}

// ask is the time to look up for a new witness of the record at commit:
//   - Where they arrive when they are stamped, one that is stamped no earlier than
//     an estimate may be off is to be there.
//   - Where they are late, one that is stamped as expected is, unless it is so
//     new that the next ones may not have come yet.
func (a arrived) ask(d *Estimator) cluster.Timestamp {
	if a.by == 0 {
		return max(a.at-d.off(a.at), 0)
	}
	return max(min(a.at, d.now-d.interval()-a.by), 0)
}
