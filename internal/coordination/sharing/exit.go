// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sharing

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Keep returns what may still be reported of metrics, and what says that nothing is
// reported any more.
type Keep func(metrics pmetric.Metrics) (kept, nothing pmetric.Metrics)

// Exit passes metrics on to the next consumer, as far as the receiver may still report
// them: it may have lost its part since they were made, or some of it. When the session
// ends after that, it says so at once: a page would show what was reported last until the
// next time, beside those of the receivers that have taken over.
type Exit struct {
	consumer.Metrics // next

	done      context.Context //nolint:containedctx // ends with the receiver
	remaining func() time.Duration
	keep      Keep

	// mu is held while next is called: nothing that was reported comes after its end.
	mu      sync.Mutex
	timer   *time.Timer     // when the session may have ended; nil: nothing is reported
	nothing pmetric.Metrics // what says so
}

// longestBlind is how long a part that is lost before its session ends, or while the
// machine was suspended, goes unnoticed.
const longestBlind = time.Second

// NewExit returns an exit that waits for nobody once done has ended. remaining is for how
// long there will be a part if nobody answers any more.
func NewExit(done context.Context, next consumer.Metrics, remaining func() time.Duration, keep Keep) *Exit {
	return &Exit{Metrics: next, done: done, remaining: remaining, keep: keep}
}

// ConsumeMetrics implements [consumer.Metrics].
func (e *Exit) ConsumeMetrics(ctx context.Context, metrics pmetric.Metrics) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	metrics, e.nothing = e.keep(metrics)
	e.await(e.remaining())
	return e.Metrics.ConsumeMetrics(ctx, metrics)
}

// await looks again after that time, unless nothing is reported.
func (e *Exit) await(remaining time.Duration) {
	if e.timer != nil {
		e.timer.Stop()
		e.timer = nil
	}
	if remaining > 0 {
		e.timer = time.AfterFunc(min(remaining, longestBlind), e.Look)
	}
}

// Look says that nothing is reported any more if the part is over.
func (e *Exit) Look() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.timer == nil {
		return // nothing is reported, or it was stopped meanwhile
	}
	remaining := e.remaining()
	e.await(remaining)
	if remaining <= 0 {
		_ = e.Metrics.ConsumeMetrics(e.done, e.nothing) // who refuses it has nothing more to do
	}
}

// Stop has it say nothing more.
func (e *Exit) Stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.await(0)
}
