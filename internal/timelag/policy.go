// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"maps"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// policy is a topic's cleanup policy: which of its records may be deleted.
type policy int

const (
	// unknown: no broker has said yet.
	unknown policy = iota
	// plain: records are deleted by age, the oldest first. What is known of a record
	// holds until then.
	plain
	// compacted: any record but the newest may be deleted. The next one, which may be
	// much younger, is then read instead.
	compacted
	// formerlyCompacted: nothing is compacted any more, but gaps remain.
	formerlyCompacted
)

// gaps reports whether records may be missing from between others.
func (p policy) gaps() bool { return p == compacted || p == formerlyCompacted }

const (
	// policyHolds is how long an answer about a topic's policy is valid.
	policyHolds cluster.Timestamp = 60 * 60 * 1000
	// recordHolds is how long a record that a look-up has found in a compacted topic
	// is assumed to exist. It takes one look-up to check.
	recordHolds cluster.Timestamp = 15 * 60 * 1000
)

// policyOf is what is known of one topic's policy.
type policyOf struct {
	policy policy
	// until is when to ask for it again.
	until cluster.Timestamp
	// asking says that it is being asked.
	asking bool
	// uncompactedAt is when it was found not to be compacted any more: what was seen
	// before may be gone.
	uncompactedAt cluster.Timestamp
}

// gone reports whether the record that a date rests on may have been deleted since it
// was seen. It is false for nil, a date that rests on no record.
func (p *policyOf) gone(s *lookupResult, now cluster.Timestamp) bool {
	switch {
	case s == nil:
		return false
	case p.policy == compacted:
		return now-s.seen > recordHolds || s.seen > now // the clock may have gone back
	}
	return p.policy == formerlyCompacted && s.seen < p.uncompactedAt
}

// unclearPolicy reports whether a topic's policy is to be asked for. It is not where it was
// asked for lately.
func (d *Estimator) unclearPolicy(t *topicDates) bool {
	left := t.until - d.now
	return (left <= 0 || left > policyHolds) && !d.DisableLookups // the clock may have gone back
}

// unclearTopics returns the topics whose cleanup policy is not known, once.
func (d *Estimator) unclearTopics() []string {
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
