// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import "github.com/kafkalag/kafkalagreceiver/internal/cluster"

// The arrival of a record bounds its date:
//
//   - Its timestamp is no later than its arrival.
//   - Its date is no earlier than that of any record before it, because a date is
//     the largest timestamp so far.
//
// So the date of a commit lies between its anchor, the timestamp of the last record
// that a look-up has found at or before it, and the arrival of its own record. If
// both are close together, the date is known well enough. If not, another look-up
// makes a new anchor, or shows that records arrive late.

// anchorsPerHistory divides time_lag.history: an anchor older than that part of it is
// replaced by a new look-up.
const anchorsPerHistory = 4

// arrived is a date estimated by the arrival of a commit's record.
type arrived struct {
	at cluster.Timestamp // the estimate of its date
	quality
	// by is how late the anchor arrived, 0 if that is within measurement error.
	by cluster.Timestamp
	// due says that a look-up should make a new anchor, lasts that the present anchor
	// will still be valid at the next scrape.
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

// arrival dates a commit by when its record arrived. In a compacted topic that record
// may be gone, and the next one much younger: then only arrivals within the last
// interval count.
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
		return arrived{} // it came before the history began: perhaps late, perhaps not
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

// refuted reports whether a look-up has shown that records between the anchor and the
// commit are more than by late: it found none where a record that is only that late
// would have been.
func (d *Estimator) refuted(p *partitionDates, commit cluster.Offset, by cluster.Timestamp) bool {
	in := p.index.lastNotFound(commit)
	if in == nil {
		return false
	}
	arrived, known := p.history.arrival(in.offset - 1)
	return !known || arrived-by-in.from >= d.interval()
}

// onTimeEstimate dates a commit in a partition whose records arrive when they are
// stamped. It holds while a new anchor is looked up: a group that was caught up for
// long does not lose its time lag when it is a record behind. Past 75 % of
// time_lag.history the estimate is rough, so that the search takes over before the
// value disappears.
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

// lateEstimate dates a commit in a partition whose records arrive late by by, as
// mirrored and replayed ones do. It is valid for a few intervals after an anchor that
// was as late as the one before it.
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

// lateness is how long after its timestamp a record arrived, if its arrival is in the
// history.
func (p *partitionDates) lateness(s *lookupResult) (by cluster.Timestamp, known bool) {
	arrived, known := p.history.arrival(s.offset)
	return arrived - s.at, known
}

// ask returns the time to look up for a new anchor of the record at commit:
//   - Where records arrive when they are stamped, the estimate less the error that it
//     may have: a record must have been stamped since.
//   - Where records arrive late, the estimate, but no time so recent that records
//     stamped then may not have arrived yet.
func (a arrived) ask(d *Estimator) cluster.Timestamp {
	if a.by == 0 {
		return max(a.at-d.off(a.at), 0)
	}
	return max(min(a.at, d.now-d.interval()-a.by), 0)
}
