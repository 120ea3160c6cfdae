// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
)

// client is the part of [snapshot.Client] that a scrape needs.
type client interface {
	Start(host component.Host) error
	Snapshot(ctx context.Context, ask snapshot.Request) (*cluster.Snapshot, error)
	Close()
}

var (
	errStopped = errors.New("the receiver shuts down")
	errHangs   = errors.New("the cluster was not asked: an earlier scrape still hangs")
	errTimeout = errors.New("no answer by the scrape's timeout")
)

// boundedClient asks a client and holds to its deadline, whatever the client does:
// Kafka calls take no context, and each may hang until its connection is cut.
type boundedClient struct {
	client  client
	timeout time.Duration
	// late is where the answer comes that was given up on, nil where none was.
	// Until it is there the client works on, and must not be asked again.
	late <-chan answer
	done chan struct{}
	stop func()
}

func newBoundedClient(c client, timeout time.Duration) *boundedClient {
	a := &boundedClient{client: c, timeout: timeout, done: make(chan struct{})}
	a.stop = sync.OnceFunc(func() {
		close(a.done)
		c.Close()
	})
	return a
}

func (a *boundedClient) stopped() bool {
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}

type answer struct {
	snapshot *cluster.Snapshot
	err      error
}

// snapshot asks the client. It returns by the timeout and as soon as stop is
// called, even where the client hangs on. One goroutine at a time may call it.
func (a *boundedClient) snapshot(ctx context.Context, ask snapshot.Request) (*cluster.Snapshot, error) {
	if a.hangs() {
		return nil, errHangs
	}
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	answers := make(chan answer, 1)
	go func() { answers <- a.askInTime(ctx, ask) }()
	select {
	case got := <-answers:
		return got.snapshot, got.err
	case <-ctx.Done():
		a.late = answers
		return nil, errTimeout
	case <-a.done:
		a.late = answers
		return nil, errStopped
	}
}

// hangs tells whether the client is still at what was given up on.
func (a *boundedClient) hangs() bool {
	select {
	case <-a.late:
		a.late = nil
	default: // also where there is none
	}
	return a.late != nil
}

// askInTime gives the client nine tenths of the time: it returns what it has
// learned by then, and that still has to be recorded and delivered.
func (a *boundedClient) askInTime(ctx context.Context, ask snapshot.Request) answer {
	ctx, cancel := context.WithTimeout(ctx, a.timeout*9/10)
	defer cancel()
	snapshot, err := a.client.Snapshot(ctx, ask)
	return answer{snapshot, err}
}
