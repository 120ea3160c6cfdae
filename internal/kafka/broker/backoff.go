// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"errors"
	"fmt"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// skippedError is a broker that was left out of a scrape.
type skippedError struct {
	failed int
	last   error
}

func (e *skippedError) Error() string {
	return fmt.Sprintf("not asked: it failed in %d scrapes before: %v", e.failed, e.last)
}
func (e *skippedError) Unwrap() error { return e.last }

// begin opens a scrape.
func (n *Node) begin() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.begun = time.Now()
	for _, a := range n.suspensions {
		a.now = a.skip > 0
		a.skip = max(a.skip-1, 0)
	}
	if n.skip > 0 {
		n.skip--
		return
	}
	n.down, n.doubted, n.retried = nil, nil, false
}

// restsAfterRefusal reports whether the broker has refused the login for less than
// pause. Once that has passed, it is as if it had not.
func (n *Node) restsAfterRefusal(now time.Time, pause time.Duration) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !kafkaerr.IsLoginRefused(n.down) {
		n.refusing = time.Time{}
		return false
	}
	if n.refusing.IsZero() {
		n.refusing = now
	}
	if now.Sub(n.refusing) < pause {
		return true
	}
	n.refusing, n.down, n.skip = time.Time{}, nil, 0
	return false
}

// end closes a scrape: a broker that keeps failing is left out of every other scrape,
// so that a dead one does not cost a time-out each time.
func (n *Node) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down == nil {
		n.down = n.doubted // nobody has asked it since
	}
	if n.down == nil {
		n.failed = 0
		return
	}
	if _, skipped := errors.AsType[*skippedError](n.down); skipped {
		return
	}
	n.failed++
	n.skip = skipsAfter(n.failed, n.down)
	if n.skip > 0 {
		n.down = &skippedError{failed: n.failed, last: n.down}
	}
}

// skipsAfter returns how many scrapes leave out a broker that failed in so many
// before, the last time with err. It is one at most, so that a broker that is well
// again is back within two intervals.
func skipsAfter(failed int, err error) int {
	const afterRefusals = 3 // attempts may lock an account
	_, other := errors.AsType[*kafkaerr.OtherClusterError](err)
	switch {
	case failed == 1, other: // a broker of another cluster answers: asking it takes no time
		return 0
	case failed > 2 && kafkaerr.IsLoginRefused(err):
		return afterRefusals
	}
	return 1
}
