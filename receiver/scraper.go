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
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/status"
	"github.com/kafkalag/kafkalagreceiver/internal/timelag/search"
)

// lagScraper asks, computes and records, once per scrape.
type lagScraper struct {
	client   *boundedClient
	ask      snapshot.Request
	assigned bool // only what a member is assigned counts
	memory   lag.Memory
	limiter  *partitionLimiter
	record   *recorder
	timeLag  *search.Searcher  // nil: nobody wants to know
	status   *status.Evaluator // likewise
	failures *failureLog
	odd      *anomalyLog
	expired  *expiredLog
	health   healthStatus
	tel      *telemetry
	now      func() time.Time
}

// newScraper returns a scraper that asks client, and f for time lags; without f
// they are told as far as they can be.
func newScraper(set receiver.Settings, cfg *Config, client client, f search.Client, tel *telemetry) *lagScraper {
	s := &lagScraper{
		client:   newBoundedClient(client, cfg.Timeout),
		ask:      snapshotRequest(cfg),
		assigned: cfg.OnlyAssignedPartitions,
		limiter:  newPartitionLimiter(cfg, set.Logger),
		record:   newRecorder(set, cfg),
		failures: newFailureLog(set.Logger),
		odd:      newAnomalyLog(set.Logger),
		expired:  newExpiredLog(set.Logger),
		tel:      tel,
		now:      time.Now,
	}
	if needsTimeLag(cfg.Metrics) {
		s.timeLag = search.New(searchConfig(cfg), f, set.Logger, tel)
	}
	if needsStatus(cfg.Metrics) {
		s.status = &status.Evaluator{Window: cfg.StatusWindow}
	}
	return s
}

// searchConfig is how time lag is told.
func searchConfig(cfg *Config) search.Config {
	return search.Config{History: cfg.TimeLag.History, Interval: cfg.CollectionInterval, Budget: cfg.TimeLag.SearchBudget}
}

// start does not dial: a cluster that is away is a failed scrape, not a
// collector that does not start.
func (s *lagScraper) start(_ context.Context, host component.Host) error {
	s.health.host = host
	if err := s.client.client.Start(host); err != nil {
		return err
	}
	if s.timeLag != nil {
		return s.timeLag.Start(host) //nolint:contextcheck // it runs until shutdown, not until the start is over
	}
	return nil
}

func (s *lagScraper) scrape(ctx context.Context) (pmetric.Metrics, error) {
	if s.timeLag != nil {
		s.timeLag.Pause()
		defer s.timeLag.Resume()
	}
	snapshot, err := s.client.snapshot(ctx, s.ask)
	if s.client.stopped() {
		return pmetric.NewMetrics(), errStopped
	}
	s.health.report(err)
	if err != nil {
		s.failures.report(s.now(), failuresOf(snapshot, err))
		s.tel.scraped(ctx, &cluster.Snapshot{}, &lag.Report{}, nil)
		return pmetric.NewMetrics(), err
	}
	s.memory.Restore(snapshot)
	snapshot.Failures = append(snapshot.Failures, leaderless(snapshot, s.ask.Ends)...)
	if s.assigned {
		snapshot.Failures = append(snapshot.Failures, unassigned(lag.OnlyAssigned(snapshot))...)
	}
	s.failures.report(s.now(), snapshot.Failures)
	report := lag.Compute(snapshot)
	names := oddNamesOf(snapshot)
	s.tel.scraped(ctx, snapshot, report, names)
	s.odd.report(s.now(), report.Anomalies, names)
	s.interpret(ctx, snapshot, report)
	s.tel.leftOut(ctx, s.limiter.apply(s.now(), report))
	metrics, missing := s.record.record(s.now(), names.snapshot(snapshot), names.report(report))
	return metrics, partial(snapshot.Failures, missing)
}

// interpret adds to a report what follows from the scrapes before.
func (s *lagScraper) interpret(ctx context.Context, learned *cluster.Snapshot, report *lag.Report) {
	if s.timeLag != nil {
		s.timeLag.Estimate(ctx, s.now(), learned, report)
	}
	if s.status != nil {
		s.status.Evaluate(learned, report)
	}
	if s.ask.Starts != snapshot.Nowhere {
		s.expired.report(s.now(), report)
	}
}

// shutdown ends a running scrape and search, and closes the connections. It
// does not wait for Kafka.
func (s *lagScraper) shutdown() {
	s.client.stop()
	if s.timeLag != nil {
		s.timeLag.Shutdown()
	}
	s.tel.shutdown()
}
