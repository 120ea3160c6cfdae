// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// lagScraper asks, computes and records, once per scrape.
type lagScraper struct {
	asker    *asker
	ask      kafka.Questions
	memory   lag.Memory
	guard    *guard
	record   *recorder
	failures *failureLog
	status   status
	tel      *telemetry
	now      func() time.Time
}

func newScraper(set receiver.Settings, cfg *Config, client client, tel *telemetry) *lagScraper {
	return &lagScraper{
		asker:    newAsker(client, cfg.Timeout),
		ask:      questionsOf(cfg),
		guard:    newGuard(cfg, set.Logger),
		record:   newRecorder(set, cfg),
		failures: newFailureLog(set.Logger),
		tel:      tel,
		now:      time.Now,
	}
}

// start does not dial: a cluster that is away is a failed scrape, not a
// collector that does not start.
func (s *lagScraper) start(_ context.Context, host component.Host) error {
	s.status.host = host
	return s.asker.client.Start(host)
}

func (s *lagScraper) scrape(ctx context.Context) (pmetric.Metrics, error) {
	snapshot, err := s.asker.snapshot(ctx, s.ask)
	if s.asker.stopped() {
		return pmetric.NewMetrics(), errStopped
	}
	s.status.report(err)
	if err != nil {
		s.failures.report(s.now(), failuresOf(snapshot, err))
		s.tel.scraped(ctx, &cluster.Snapshot{}, &lag.Report{})
		return pmetric.NewMetrics(), err
	}
	s.memory.Restore(snapshot)
	snapshot.Failures = append(snapshot.Failures, leaderless(snapshot, s.ask.Ends)...)
	s.failures.report(s.now(), snapshot.Failures)
	report := lag.Compute(snapshot)
	s.tel.scraped(ctx, snapshot, report)
	s.tel.leftOut(ctx, s.guard.apply(s.now(), report))
	metrics, missing := s.record.record(s.now(), snapshot, report)
	return metrics, partial(snapshot.Failures, missing)
}

// shutdown ends a running scrape and closes the connections. It does not wait.
func (s *lagScraper) shutdown() {
	s.asker.stop()
	s.tel.shutdown()
}
