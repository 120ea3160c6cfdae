// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"sync"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// tally counts what an observer is told.
type tally struct {
	mu             sync.Mutex
	requests       map[string]int
	failed         map[[2]string]int
	opened, open   int
	sent, received int
}

func newTally() *tally {
	return &tally{requests: map[string]int{}, failed: map[[2]string]int{}}
}

func (c *tally) Request(api string, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests[api]++
}

func (c *tally) Failed(api, code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed[[2]string{api, code}]++
}

func (c *tally) Connections(change int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened += max(change, 0)
	c.open += change
}

func (c *tally) Transferred(sent, received int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent += sent
	c.received += received
}

// A connection that could not be made was told of when it was tried, whatever
// the reason, and not again for each request that would have used it.
func TestObserverIsToldOfALoginOnce(t *testing.T) {
	counts := newTally()
	p := &pool{obs: counts}
	refused := &openError{err: sarama.ErrUnsupportedSASLMechanism}
	p.observe(apiOffsetFetch, sarama.ErrGroupAuthorizationFailed, refused, sarama.ErrGroupAuthorizationFailed)
	assert.Equal(t, map[[2]string]int{{"OffsetFetch", "GROUP_AUTHORIZATION_FAILED"}: 1}, counts.failed)
}

func TestObserver(t *testing.T) {
	fake := seeded(t, 1, 3, 3)
	client := newTestClient(t, fake.Brokers()...)
	counts := newTally()
	client.pool.obs = counts
	fake.ResetRequests()
	snapshot(t, client, everything())
	wire := fake.Requests()
	delete(wire, "ApiVersions") // setting up a connection is no request of ours
	assert.Equal(t, wire, counts.requests)
	assert.Empty(t, counts.failed)
	assert.GreaterOrEqual(t, counts.opened, 3)
	assert.Equal(t, counts.opened, counts.open)
	assert.Greater(t, counts.received, counts.sent)
	assert.Positive(t, counts.sent)

	// An error counts although asking again made up for it.
	fake.Fail(kmsg.OffsetFetch, fake.Kfake.CoordinatorFor("g0"), kerr.NotCoordinator, 1)
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 3)
	assert.Equal(t, map[[2]string]int{{"OffsetFetch", "NOT_COORDINATOR"}: 1}, counts.failed)

	client.Close()
	fake.Kfake.Close()
	assert.Eventually(t, func() bool {
		counts.mu.Lock()
		defer counts.mu.Unlock()
		return counts.open == 0
	}, 10*time.Second, time.Millisecond, "connections that are closed are counted off")
}
