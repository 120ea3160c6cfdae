// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import "github.com/kafkalag/kafkalagreceiver/internal/cluster"

// rechecks is how often, in the time that arrivals are remembered, it is looked
// up whether records still arrive when they are stamped.
const rechecks = 4

// lateness is how long after their timestamps a partition's records arrive, as
// look-ups have shown. Where producers write to it, that is next to nothing;
// where records are mirrored or replayed, it may be hours or years. An arrival
// tells a timestamp only where the lateness is steady.
type lateness struct {
	// by is 0 where it is less than an interval: that close, the arrival itself
	// is known no better.
	by        cluster.Timestamp
	steady    bool
	recheckAt cluster.Timestamp
}

// learn takes what a look-up has shown. The lateness is steady if it is what it
// was taken for before, which is none at first, to within an interval or a
// twentieth. Where records are late they are looked up in each interval, else
// now and then.
func (l *lateness) learn(by cluster.Timestamp, d *Dates) {
	apart := max(by-l.by, l.by-by)
	l.steady = apart <= max(d.interval(), by/20)
	l.by, l.recheckAt = by, d.now
	if max(by, -by) <= d.interval() {
		l.by, l.recheckAt = 0, d.now+cluster.Timestamp(d.Keep.Milliseconds()/rechecks)
	}
}

// holds tells whether arrivals still tell timestamps. Where records are late,
// that takes look-ups in the last few intervals.
func (l *lateness) holds(d *Dates) bool {
	return l.steady && (l.by == 0 || d.now-l.recheckAt <= 3*d.interval())
}
