// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"maps"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// policy is what may become of a topic's records.
type policy int

const (
	// unknown: no broker has said yet.
	unknown policy = iota
	// plain: they go when they are old, the oldest first. What was learned of a
	// record holds for as long as it is there.
	plain
	// compacted: any may go but the newest, and then the next one is read
	// instead. It is younger, by however much.
	compacted
	// settled: it was compacted. None goes any more, but gaps remain.
	formerlyCompacted
)

// gaps reports whether records may be missing from between others.
func (p policy) gaps() bool { return p == compacted || p == formerlyCompacted }

const (
	// policyHolds is how long it is believed whether a topic is compacted.
	policyHolds cluster.Timestamp = 60 * 60 * 1000
	// recordHolds is how long it is believed that a record which a look-up has
	// found in a compacted topic is still there. It takes one look-up to see.
	recordHolds cluster.Timestamp = 15 * 60 * 1000
)

// policyOf is what is known of one topic's policy.
type policyOf struct {
	policy policy
	// until is when it is to be asked again.
	until cluster.Timestamp
	// asking says that it is being asked.
	asking bool
	// uncompactedAt is when it was found not to be compacted any more: what was seen
	// before may be gone.
	uncompactedAt cluster.Timestamp
}

// gone reports whether a record that a date rests on may have gone since it was
// seen. A date that rests on no record has none.
func (p *policyOf) gone(s *lookupResult, now cluster.Timestamp) bool {
	switch {
	case s == nil:
		return false
	case p.policy == compacted:
		return now-s.seen > recordHolds || s.seen > now // the clock may have gone back
	}
	return p.policy == formerlyCompacted && s.seen < p.uncompactedAt
}

// clarify has a topic's policy asked, if it is not known or long ago.
func (d *Estimator) clarify(name string, t *topicDates) {
	if left := t.until - d.now; (left <= 0 || left > policyHolds) && !d.DisableLookups { // the clock may have gone back
		d.unclear[name] = true
	}
}

// questions are the topics whose policy is to be asked now.
func (d *Estimator) questions() []string {
	names := slices.Sorted(maps.Keys(d.unclear))
	clear(d.unclear)
	for _, name := range names {
		d.topics[name].asking = true
	}
	return names
}

// Policies takes which of the topics that a plan named are compacted. A topic
// that isCompacted leaves out is asked about again in the next scrape; until
// then, the last answer about it holds.
func (d *Estimator) Policies(topics []string, isCompacted map[string]bool) {
	for _, name := range topics {
		t := d.topics[name]
		if t == nil {
			continue
		}
		t.asking = false
		is, answered := isCompacted[name]
		switch {
		case !answered:
			continue
		case is:
			t.policy = compacted
		case t.policy == compacted:
			t.policy, t.uncompactedAt = formerlyCompacted, d.now
		case t.policy == unknown:
			t.policy = plain
		}
		t.until = d.now + policyHolds
	}
}
