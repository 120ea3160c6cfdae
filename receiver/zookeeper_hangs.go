// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"fmt"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// hangs leaves a server that does not answer in time out of none, then one, then
// three of the coming scrapes, as brokers are, so that it does not cost a
// time-out each time. One that refuses costs nothing, and is asked each time.
type hangs struct {
	failed int // scrapes in a row
	skip   int // of the coming ones
	// last is what a scrape tells that leaves the server out.
	last []cluster.Failure
}

// skipped opens a scrape, and tells whether it leaves the server out.
func (h *hangs) skipped() bool {
	if h.skip == 0 {
		return false
	}
	h.skip--
	return true
}

// learn takes the failures of a scrape in which the server was asked.
func (h *hangs) learn(failures []cluster.Failure) {
	if !slices.ContainsFunc(failures, func(f cluster.Failure) bool { return f.Code == cluster.CodeNoAnswer }) {
		*h = hangs{}
		return
	}
	const slowest = 2 // doublings: what comes back waits for three scrapes at most
	h.skip = 1<<min(h.failed, slowest) - 1
	h.failed++
	h.last = slices.Clone(failures)
	for i, f := range failures {
		h.last[i].Err = fmt.Errorf("not asked: it failed in %d scrapes before: %w", h.failed, f.Err)
	}
}
