// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

// suspension is an optional request that failed at one broker, left out of some
// scrapes like a broker that fails.
type suspension struct {
	failed, skip int
	now          bool // in this scrape
	last         error
}

// suspended returns why a request is left out of this scrape, if it is.
func (n *Node) suspended(api string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if a := n.suspensions[api]; a != nil && a.now {
		return &skippedError{failed: a.failed, last: a.last}
	}
	return nil
}

// suspendAPI notes that a request failed, and reports whether it is an optional
// one: its broker does not count as down.
func (n *Node) suspendAPI(api string, err error) bool {
	if !n.pool.optional[api] {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.suspensions == nil {
		n.suspensions = map[string]*suspension{}
	}
	a := n.suspensions[api]
	if a == nil {
		a = &suspension{}
		n.suspensions[api] = a
	}
	a.failed++
	a.last, a.now = err, true
	a.skip = skipsAfter(a.failed, err)
	return true
}

// resumeAPI ends a suspension.
func (n *Node) resumeAPI(api string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.suspensions, api)
}
