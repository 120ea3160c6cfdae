// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import "github.com/kafkalag/kafkalagreceiver/internal/cluster"

// quality is how well a date is known.
type quality int8

const (
	none quality = iota
	// stale dates were good, but the record that they rest on may be gone.
	stale
	// guessed dates go by what records before were late by.
	guessed
	// rough dates are estimates, off by no more than an interval or a twentieth
	// of the age.
	rough
	// good dates are known to a second, or to an interval.
	good
)

// date is what is known of a commit's date.
type date struct {
	at cluster.Timestamp
	quality
	// arrived is what the record's arrival says, where it was asked: the date need
	// not rest on that.
	arrived arrived
	// by is the record that a stale date rests on.
	by *lookupResult
}

// date returns a commit's timestamp from the best source at hand: by
// look-ups; by its arrival, where records arrive when they are stamped; by
// bounds that a search has brought together; by its arrival, where records are
// steadily late.
func (d *Estimator) date(t *topicDates, p *partitionDates, commit cluster.Offset) date {
	at, verdict, by := p.index.date(commit, d.now, t.policy)
	switch {
	case verdict == found && t.gone(by, d.now):
		return date{at: at, quality: stale, by: by}
	case verdict == found, verdict == foundUnlessCompacted && t.policy == plain:
		return date{at: at, quality: good}
	}
	arrival := d.arrival(t, p, commit)
	if arrival.quality != none && arrival.by == 0 {
		return date{at: arrival.at, quality: arrival.quality, arrived: arrival}
	}
	at, apart, by := p.index.between(commit, t.policy)
	switch {
	case by == nil || apart > d.off(at):
	case t.gone(by, d.now):
		return date{at: at, quality: stale, by: by}
	default:
		return date{at: at, quality: rough, arrived: arrival}
	}
	return date{at: arrival.at, quality: arrival.quality, arrived: arrival}
}

// off is how far off an estimate may be.
func (d *Estimator) off(at cluster.Timestamp) cluster.Timestamp {
	return max(d.interval(), (d.now-at)/20)
}

// earliest is how early a commit may be dated that is known so well. The last record
// known at or before it is dated no later. Where a commit is dated by its arrival,
// that record may be long ago: then counts what the estimate may be off by.
func (d *Estimator) earliest(p *partitionDates, commit cluster.Offset, known date) cluster.Timestamp {
	below, _ := p.index.around(commit)
	byArrival := known.arrived.quality != none && known.arrived.at == known.at
	earliest := known.at
	if byArrival {
		// In bursts it may be off by two intervals, or by a tenth of the true age,
		// which is a ninth of the age without that tenth.
		earliest -= max(2*d.interval(), (d.now-known.at)/9)
	}
	switch {
	case below == nil:
		return earliest
	case byArrival:
		return min(max(earliest, below.at), known.at)
	}
	return min(below.at, known.at)
}
