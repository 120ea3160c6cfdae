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
	// guessed dates assume that records are as late as earlier ones were.
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
	// arrived is the estimate by arrival, if it was made: the date may have another
	// source.
	arrived arrived
	// by is the record that a stale date rests on.
	by *lookupResult
}

// date dates a commit by the best source that it has, in this order: look-ups; its
// arrival, where records arrive when they are stamped; bounds that a search has brought
// close together; its arrival, where records are steadily late.
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

// off is the error that an estimate may have.
func (d *Estimator) off(at cluster.Timestamp) cluster.Timestamp {
	return max(d.interval(), (d.now-at)/20)
}

// earliest is the earliest date that a commit may have. The last record known at or
// before it is no later. If a commit is dated by its arrival, that record may be long
// ago: then the error of the estimate bounds the date.
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
