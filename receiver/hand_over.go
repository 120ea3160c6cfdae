// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/kafkalag/kafkalagreceiver/internal/record"
)

// exit passes metrics on to next, as far as this collector may still report them: it may
// have lost its part since the scrape began, or some of it. When the session ends after
// that, it says so at once: a page would show what was scraped last until the next scrape,
// beside those of the collectors that have taken over.
type exit struct {
	consumer.Metrics // next

	scraper *lagScraper

	mu      sync.Mutex
	timer   *time.Timer     // when the session may have ended; nil: nothing is reported
	nothing pmetric.Metrics // what says so
}

// ConsumeMetrics implements [consumer.Metrics].
func (e *exit) ConsumeMetrics(ctx context.Context, metrics pmetric.Metrics) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.scraper
	e.nothing = s.recorder.Nothing(s.clusterID)
	part, _ := s.member.Part()
	switch {
	case part == nil:
		metrics = e.nothing
	case part != s.part:
		record.KeepOnly(part, metrics)
	}
	e.await(s.member.Remaining())
	return e.Metrics.ConsumeMetrics(ctx, metrics)
}

// await looks again after that time, unless nothing is reported.
func (e *exit) await(remaining time.Duration) {
	if e.timer != nil {
		e.timer.Stop()
		e.timer = nil
	}
	if remaining > 0 {
		e.timer = time.AfterFunc(remaining, e.look)
	}
}

// look says that nothing is reported any more if the session has ended.
func (e *exit) look() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.timer == nil {
		return // stopped meanwhile
	}
	remaining := e.scraper.member.Remaining()
	e.await(remaining)
	if remaining <= 0 {
		_ = e.Metrics.ConsumeMetrics(e.scraper.client.done, e.nothing) // who refuses it has nothing more to do
	}
}

// stop has it say nothing more.
func (e *exit) stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.await(0)
}
