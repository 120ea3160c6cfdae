// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"github.com/kafkalag/kafkalagreceiver/internal/history"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// samples are those of the last scrapes, the newest last.
type samples []history.Sample

// rules are tried in this order; the first that holds decides. They are given how
// many scrapes the full window has.
var rules = []struct {
	holds  func(s samples, window int) bool
	status lag.Status
}{
	{samples.hasReadAll, lag.StatusOK},
	{samples.wentBack, lag.StatusRewind},
	{samples.isNew, lag.StatusOK},
	{samples.onceReadAll, lag.StatusOK},
	{samples.standsStill, lag.StatusStall},
	{samples.fallsBehind, lag.StatusWarn},
}

// status evaluates a partition over a window of so many scrapes.
func (s samples) status(window int) lag.Status {
	for _, rule := range rules {
		if rule.holds(s, window) {
			return rule.status
		}
	}
	return lag.StatusOK
}

// Rule 1: nothing is left to read.
func (s samples) hasReadAll(int) bool { return s[len(s)-1].Lag == 0 }

// Rule 2: the committed offset went back.
func (s samples) wentBack(int) bool {
	return s.any(func(before, after history.Sample) bool { return after.Commit < before.Commit })
}

// Rule 3: too few scrapes have seen it to show a trend.
func (s samples) isNew(window int) bool { return len(s) < window }

// Rule 4: all had been read at some scrape. Whoever caught up that shortly ago
// is not evaluated by what came since.
func (s samples) onceReadAll(int) bool {
	for _, at := range s {
		if at.Lag == 0 {
			return true
		}
	}
	return false
}

// Rule 5: the committed offset has not moved.
func (s samples) standsStill(int) bool { return s[0].Commit == s[len(s)-1].Commit }

// Rule 6: the lag has grown, and never shrunk in between.
func (s samples) fallsBehind(int) bool {
	shrunk := s.any(func(before, after history.Sample) bool { return after.Lag < before.Lag })
	return !shrunk && s[len(s)-1].Lag > s[0].Lag
}

// any reports whether something happened between two scrapes.
func (s samples) any(happened func(before, after history.Sample) bool) bool {
	for i := 1; i < len(s); i++ {
		if happened(s[i-1], s[i]) {
			return true
		}
	}
	return false
}
