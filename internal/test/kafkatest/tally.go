// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"sync"
	"time"
)

// Tally counts the traffic that an observer of brokers sees.
type Tally struct {
	mu sync.Mutex
	// Requests counts requests by API, Failures errors by API and code. They and
	// the other fields may be read when nothing is under way.
	Requests       map[string]int
	Failures       map[[2]string]int
	Opened         int
	Sent, Received int

	open int
}

// NewTally returns a tally of nothing.
func NewTally() *Tally {
	return &Tally{Requests: map[string]int{}, Failures: map[[2]string]int{}}
}

// Request counts a request.
func (c *Tally) Request(api string, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Requests[api]++
}

// Failed counts an error.
func (c *Tally) Failed(api, code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Failures[[2]string{api, code}]++
}

// Connections counts connections.
func (c *Tally) Connections(change int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Opened += max(change, 0)
	c.open += change
}

// Transferred counts bytes.
func (c *Tally) Transferred(sent, received int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Sent += sent
	c.Received += received
}

// Open is how many connections there are.
func (c *Tally) Open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open
}
