// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import "github.com/kafkalag/kafkalagreceiver/internal/cluster"

// quality is how well a date is known.
type quality int8

const (
	none quality = iota
	// stale dates were good, but the record that they rest on may be gone.
	stale
	// rough dates are estimates, off by no more than an interval or a twentieth
	// of the age.
	rough
	good
)

// date is what is known of a commit's date.
type date struct {
	at cluster.Timestamp
	quality
	// arrived says that it was told by when the record arrived.
	arrived bool
	// by is the record that a stale date rests on.
	by *step
}

// date tells a commit's timestamp by what is at hand, the best first: by
// look-ups; by its arrival, where records arrive when they are stamped; by
// bounds that a search has brought together; by its arrival, where records are
// steadily late.
func (d *Dates) date(t *topicDates, p *partitionDates, commit cluster.Offset) date {
	at, verdict, by := p.steps.date(commit, d.now, t.policy)
	switch {
	case verdict == found && t.gone(by, d.now):
		return date{at: at, quality: stale, by: by}
	case verdict == found, verdict == foundUnlessCompacted && t.policy == plain:
		return date{at: at, quality: good}
	}
	arrival, arrived := d.arrival(t, p, commit)
	if arrived && p.lateness.by == 0 {
		return date{at: arrival, quality: good, arrived: true}
	}
	at, apart, by := p.steps.between(commit, t.policy)
	switch {
	case by == nil || apart > d.off(at):
	case t.gone(by, d.now):
		return date{at: at, quality: stale, by: by}
	default:
		return date{at: at, quality: rough}
	}
	if arrived {
		return date{at: arrival, quality: rough, arrived: true}
	}
	return date{}
}

// arrival dates a commit by when its record arrived, unless look-ups tell that
// it cannot be. Of a compacted topic that may be gone, and the next one be as
// young as now: then it tells only what is no older than an interval.
func (d *Dates) arrival(t *topicDates, p *partitionDates, commit cluster.Offset) (at cluster.Timestamp, ok bool) {
	at, ok = p.history.arrival(commit)
	if !ok || !d.Blind && !p.lateness.tells(commit, at, &p.history, d) {
		return undated, false
	}
	at -= p.lateness.by
	ok = p.steps.allow(commit, at, d.off(at))
	return at, ok && (!t.policy.gaps() || d.now-at <= d.interval())
}

// off is how far off an estimate may be.
func (d *Dates) off(at cluster.Timestamp) cluster.Timestamp { return max(d.interval(), (d.now-at)/20) }
