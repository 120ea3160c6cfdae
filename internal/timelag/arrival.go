// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import "github.com/kafkalag/kafkalagreceiver/internal/cluster"

// What the arrival of a record says about its timestamp rests on two things:
//
//   - It is stamped no later than it arrived.
//   - It is dated no earlier than any record before it, since the largest
//     timestamp so far is what counts.
//
// So the date of a commit lies between the timestamp of the last record that a
// look-up has found at or before it, its anchor, and its own arrival. Where
// these are close together, that is all there is to know. Where they are not, a
// new look-up makes a new anchor, or shows that records come late.

// anchorsPerHistory divides time_lag.history: an anchor older than that part of it is
// replaced by a new look-up.
const anchorsPerHistory = 4

// arrived is what the arrival of a commit's record says.
type arrived struct {
	at cluster.Timestamp // the estimate of its date
	quality
	// by is how late the anchor arrived, 0 where that is next to nothing.
	by cluster.Timestamp
	// due says that a look-up is to make a new anchor, lasts that at the next
	// scrape the one there is will still do.
	due, lasts bool
}

// anchorLifetime is how long an anchor that was not late stands for the records that
// arrive after it.
func (d *Estimator) anchorLifetime() cluster.Timestamp {
	return max(cluster.Timestamp(d.Keep.Milliseconds()/anchorsPerHistory), 2*d.interval())
}

// lateAnchorLifetime is the same for an anchor that was late. A longer one would keep
// the time lag of a group that is caught up now and then, but also keep a wrong one
// for longer.
func (d *Estimator) lateAnchorLifetime() cluster.Timestamp { return 3 * d.interval() }

// arrival dates a commit by when its record arrived. In a compacted topic that
// may be gone, and the next one be as young as now: then it says only what is
// no older than an interval.
func (d *Estimator) arrival(t *topicDates, p *partitionDates, commit cluster.Offset) arrived {
	when, ok := p.history.arrival(commit)
	if !ok || t.policy.gaps() && d.now-when > d.interval() {
		return arrived{}
	}
	if d.DisableLookups {
		return arrived{at: when, quality: good}
	}
	anchor, before := p.index.below(commit)
	if anchor == nil {
		return arrived{}
	}
	by, known := p.lateness(anchor)
	switch {
	case known && max(by, -by) > d.off(when):
		return d.lateEstimate(p, commit, when-by, by, anchor, before)
	case known:
		when -= p.smallDelay(by, before)
	case anchor.offset != p.lastOnTime && p.history.at-anchor.at > d.off(when):
		return arrived{} // it came before the history began, and so late or not
	}
	return d.onTimeEstimate(p, commit, when, anchor)
}

// smallDelay returns a delay within measurement error: the smaller of the last two.
func (p *partitionDates) smallDelay(by cluster.Timestamp, before *lookupResult) cluster.Timestamp {
	if before == nil {
		return 0
	}
	earlier, known := p.lateness(before)
	if !known {
		return 0
	}
	return max(min(by, earlier), 0)
}

// refuted reports whether a look-up has shown that records which came after the
// anchor, and before the commit, are later than it was: there was none among
// them where one that is by so much late would have been.
func (d *Estimator) refuted(p *partitionDates, commit cluster.Offset, by cluster.Timestamp) bool {
	in := p.index.inVain(commit)
	if in == nil {
		return false
	}
	arrived, known := p.history.arrival(in.offset - 1)
	return !known || arrived-by-in.from >= d.interval()
}

// onTimeEstimate is where records arrive when they are stamped. That is believed of
// them while it is looked up again: a group that has read all for long does not
// lose its time lag when it is a record behind. An estimate that is about to leave
// the history is rough, so that the search begins while it still serves.
func (d *Estimator) onTimeEstimate(p *partitionDates, commit cluster.Offset, when cluster.Timestamp, anchor *lookupResult) arrived {
	a := arrived{at: when, quality: good, due: when-anchor.at > d.anchorLifetime()}
	switch keep := max(cluster.Timestamp(d.Keep.Milliseconds()), 2*d.anchorLifetime()); {
	case d.now-when > keep || !p.index.allow(commit, when, d.off(when)) || d.refuted(p, commit, 0):
		return arrived{}
	case d.now-when > keep*3/4:
		a.quality = rough
	}
	return a
}

// lateEstimate is where they arrive by so much later, as mirrored and replayed ones
// do: for a few intervals after one that was as late as the one before it.
func (d *Estimator) lateEstimate(p *partitionDates, commit cluster.Offset, at, by cluster.Timestamp, anchor, before *lookupResult) arrived {
	if before == nil || !p.index.allow(commit, at, d.off(at)) || d.refuted(p, commit, by) {
		return arrived{}
	}
	earlier, known := p.lateness(before)
	steady := known && max(by-earlier, earlier-by) <= max(d.interval(), by/20)
	since := at - anchor.at
	if !steady || since > d.lateAnchorLifetime() {
		return arrived{}
	}
	return arrived{at: at, quality: guessed, by: by, due: commit != anchor.offset, lasts: since+d.interval() <= d.lateAnchorLifetime()}
}

// lateness is how long after its timestamp a record arrived, if that is
// remembered.
func (p *partitionDates) lateness(s *lookupResult) (by cluster.Timestamp, known bool) {
	arrived, known := p.history.arrival(s.offset)
	return arrived - s.at, known
}

// ask is the time to look up for a new anchor of the record at commit:
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
