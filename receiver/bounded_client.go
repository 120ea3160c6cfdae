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
	"github.com/kafkalag/kafkalagreceiver/internal/pending"
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

// boundedClient keeps the deadline of a scrape, whatever its client does: a call of
// the Kafka library takes no context, and may hang until its connection is cut.
type boundedClient struct {
	client  client
	timeout time.Duration
	// call may still run when a scrape has given up on it. Until it ends the client
	// must not be asked again.
	call pending.Call[answer]
	done context.Context //nolint:containedctx // ends with stop
	stop func()
}

func newBoundedClient(c client, timeout time.Duration) *boundedClient {
	done, cancel := context.WithCancel(context.Background())
	return &boundedClient{client: c, timeout: timeout, done: done, stop: sync.OnceFunc(func() {
		cancel()
		c.Close()
	})}
}

func (c *boundedClient) stopped() bool { return c.done.Err() != nil }

type answer struct {
	snapshot *cluster.Snapshot
	err      error
}

// snapshot asks the client. It returns at the timeout and as soon as stop is called,
// even if the client hangs. One goroutine at a time may call it.
func (c *boundedClient) snapshot(ctx context.Context, ask snapshot.Request) (*cluster.Snapshot, error) {
	c.call.Poll()
	if c.call.Running() {
		return nil, errHangs
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	defer context.AfterFunc(c.done, cancel)() //nolint:contextcheck // the receiver's own end
	c.call.Start(func() answer { return c.askBeforeTimeout(ctx, ask) })
	got, ended := c.call.Wait(ctx)
	switch {
	case c.stopped():
		return nil, errStopped
	case !ended:
		return nil, errTimeout
	}
	return got.snapshot, got.err
}

// askBeforeTimeout gives the client nine tenths of the time: it returns what it has
// learned by then, and that must still be recorded and delivered.
func (c *boundedClient) askBeforeTimeout(ctx context.Context, ask snapshot.Request) answer {
	ctx, cancel := context.WithTimeout(ctx, c.timeout*9/10)
	defer cancel()
	snapshot, err := c.client.Snapshot(ctx, ask)
	return answer{snapshot, err}
}
