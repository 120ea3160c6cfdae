// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import "github.com/kafkalag/kafkalagreceiver/internal/cluster"

// rechecks is how often, in the time that arrivals are remembered, it is looked
// up whether records still arrive when they are stamped.
const rechecks = 4

// liveFor is for how long after a record that arrived when it was stamped others
// are taken to do so too.
func (d *Dates) liveFor() cluster.Timestamp {
	return cluster.Timestamp(d.Keep.Milliseconds() / rechecks)
}

// lateness is how long after their timestamps a partition's records arrive, as
// look-ups have shown. Where producers write to it, that is next to nothing;
// where records are mirrored or replayed, it may be hours or years. An arrival
// tells a timestamp only where the lateness is steady, and only of records since
// it is: those before may have been late otherwise.
type lateness struct {
	// by is 0 where it is less than an interval: that close, the arrival itself
	// is known no better.
	by cluster.Timestamp
	// since and newest are the first and the last record that were seen to be as
	// late.
	since, newest cluster.Offset
	// recheckAt is when it is to be looked up again: where records are late, the
	// time of the last look-up; else when the first record arrives, or has
	// arrived, that those seen do not speak for.
	recheckAt cluster.Timestamp
	steady    bool
}

// learn takes what a look-up has shown of the record at an offset. The lateness
// is steady if it is what it was taken for before, which is none at first; for
// how long, only an unbroken row of such records tells. An older record tells
// nothing of what comes now, but where it differs, that the lateness has been
// steady for less long.
func (l *lateness) learn(by, arrived cluster.Timestamp, at cluster.Offset, h *history, d *Dates) {
	agrees := l.agrees(by, d)
	switch {
	case at < l.newest:
		if l.steady && !agrees && at >= l.since {
			l.since = l.newest
		}
		return
	case !l.steady || !agrees || !l.reaches(arrived, h, d):
		l.since = at
	}
	l.by, l.newest, l.steady, l.recheckAt = by, at, agrees, d.now
	if max(by, -by) <= d.interval() {
		l.by, l.recheckAt = 0, arrived+d.liveFor()
	}
}

// reaches tells whether the newest record seen speaks for those that arrived
// from then until a time: until it is due to be looked up again, and a few
// intervals more.
func (l *lateness) reaches(until cluster.Timestamp, h *history, d *Dates) bool {
	arrived, ok := h.arrival(l.newest)
	reach := 3 * d.interval()
	if l.by == 0 {
		reach += d.liveFor()
	}
	return ok && until-arrived <= reach
}

// agrees tells whether by is the same lateness: to within an interval or a
// twentieth.
func (l *lateness) agrees(by cluster.Timestamp, d *Dates) bool {
	return max(by-l.by, l.by-by) <= max(d.interval(), by/20)
}

// begins takes what a look-up has shown of the record before o: that it is later
// than so much.
func (l *lateness) begins(by cluster.Timestamp, o cluster.Offset, d *Dates) {
	if by > l.by && !l.agrees(by, d) {
		l.since = max(l.since, o)
	}
}

// doubt says that a record before o was expected and was not there: only what
// comes from there on can show how late records are now.
func (l *lateness) doubt(o cluster.Offset) { l.newest, l.steady = o, false }

// rechecked notes that a record of that time was looked for, and has told what
// it can.
func (l *lateness) rechecked(at cluster.Timestamp, d *Dates) {
	if l.by != 0 {
		l.recheckAt = d.now
		return
	}
	l.recheckAt = max(l.recheckAt, at+d.interval())
}

// tells tells whether a record's arrival at a time tells its timestamp.
func (l *lateness) tells(o cluster.Offset, arrived cluster.Timestamp, h *history, d *Dates) bool {
	return l.steady && o >= l.since && (o <= l.newest || l.by == 0 || l.reaches(arrived, h, d))
}

// due tells whether that is to be looked up again, for a record at o of that
// time.
func (l *lateness) due(o cluster.Offset, at cluster.Timestamp, d *Dates) bool {
	if l.by != 0 {
		at = d.now
	}
	return o > l.newest && at > l.recheckAt
}
