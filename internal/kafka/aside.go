// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

// optional names the requests that nothing else depends on. A broker that fails
// one of them is asked everything else all the same.
var optional = map[string]bool{
	apiDescribeGroups:        true,
	apiConsumerGroupDescribe: true,
	apiDescribeConfigs:       true,
	apiDescribeLogDirs:       true,
}

// standAside is a request that failed at one broker, left out of some scrapes
// like a broker that fails.
type standAside struct {
	failed, skip int
	now          bool // in this scrape
	last         error
}

// standsAside returns why a request is left out of this scrape, if it is.
func (n *node) standsAside(api string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if a := n.aside[api]; a != nil && a.now {
		return &skippedError{failed: a.failed, last: a.last}
	}
	return nil
}

// stepAside notes that a request failed, and tells whether it is one that may
// without its broker counting as down.
func (n *node) stepAside(api string, err error) bool {
	if !optional[api] {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.aside == nil {
		n.aside = map[string]*standAside{}
	}
	a := n.aside[api]
	if a == nil {
		a = &standAside{}
		n.aside[api] = a
	}
	a.failed++
	a.last, a.now = err, true
	a.skip = skipsAfter(a.failed)
	return true
}

// stepForward ends that.
func (n *node) stepForward(api string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.aside, api)
}
