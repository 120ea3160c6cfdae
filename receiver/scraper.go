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
	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination/sharing"
	"github.com/kafkalag/kafkalagreceiver/internal/failurelog"
	"github.com/kafkalag/kafkalagreceiver/internal/garbage"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/progress"
	"github.com/kafkalag/kafkalagreceiver/internal/record"
	"github.com/kafkalag/kafkalagreceiver/internal/selfmetrics"
	"github.com/kafkalag/kafkalagreceiver/internal/status"
	"github.com/kafkalag/kafkalagreceiver/internal/timelag/search"
)

// lagScraper asks, computes and records, once per scrape.
type lagScraper struct {
	*memories

	newMemories func() *memories
	client      *boundedClient
	ask         snapshot.Request
	assigned    bool // only what a member is assigned counts
	statuses    bool // a metric of statuses is enabled
	recorder    *record.Recorder
	garbage     *garbage.Collector
	timeLag     *search.Searcher   // nil if no metric is enabled that dates records
	member      *sharing.Member    // nil if there is one collector
	part        *coordination.Part // of the scrape at hand
	health      healthStatus
	own         *selfmetrics.Metrics
	now         func() time.Time
}

// newScraper returns a scraper that asks client. The time-lag search asks lookups; if
// that is nil, there is no search. If m is not nil it says what is reported.
func newScraper(
	set receiver.Settings, cfg *Config, client client, lookups search.Client, m *sharing.Member, own *selfmetrics.Metrics,
) *lagScraper {
	s := &lagScraper{
		newMemories: func() *memories { return newMemories(cfg, set.Logger) },
		client:      newBoundedClient(client, cfg.Timeout),
		ask:         snapshotRequest(cfg),
		assigned:    cfg.OnlyAssignedPartitions,
		statuses:    needsStatus(cfg.Metrics),
		recorder:    record.New(set, cfg.MetricsBuilderConfig, cfg.ClusterAlias),
		garbage:     garbage.New(set.Logger),
		member:      m,
		own:         own,
		now:         time.Now,
	}
	s.memories = s.newMemories()
	s.ask.LastLag = func(group string) int64 { return s.groups.lastLag(group) }
	if needsSearch(cfg.Metrics) {
		s.timeLag = search.New(searchConfig(cfg), lookups, set.Logger, own)
	}
	return s
}

// searchConfig is the configuration of the time-lag search.
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
	if s.member != nil {
		if err := s.member.Start(host); err != nil { //nolint:contextcheck // it runs until shutdown, not until the start is over
			return err
		}
	}
	if s.timeLag != nil {
		return s.timeLag.Start(host) //nolint:contextcheck // it runs until shutdown, not until the start is over
	}
	return nil
}

func (s *lagScraper) scrape(ctx context.Context) (_ pmetric.Metrics, err error) {
	if s.timeLag != nil {
		s.timeLag.Pause()
		defer s.timeLag.Resume()
	}
	s.garbage.Collect()
	ask := s.ask
	if s.member != nil {
		if s.part, err = s.member.Part(); s.part == nil {
			return s.nothing(ctx, err), nil
		}
		ask.Part = s.part
	}
	snapshot, err := s.client.snapshot(ctx, ask)
	if s.client.stopped() {
		return pmetric.NewMetrics(), errStopped
	}
	s.health.report(err)
	if err != nil {
		s.failures.Report(s.now(), failurelog.FailuresOf(snapshot, err))
		s.own.Scraped(ctx, &cluster.Snapshot{}, &lag.Report{}, 0)
		s.coordinated(ctx, 0)
		return pmetric.NewMetrics(), err
	}
	report, invalid := s.compute(ctx, snapshot)
	s.own.LeftOut(ctx, s.limiter.apply(s.now(), report, snapshot.Groups))
	s.garbage.Expect(s.recorder.Points(snapshot, report))
	metrics, missing := s.recorder.Record(s.now(), invalid.InSnapshot(snapshot), invalid.InReport(report))
	s.garbage.Left(metrics.DataPointCount())
	return metrics, failurelog.PartialError(snapshot.Failures, missing)
}

// compute returns what follows from a snapshot, to which it adds what is remembered and
// what else failed. It logs and counts what went wrong.
func (s *lagScraper) compute(ctx context.Context, snapshot *cluster.Snapshot) (*lag.Report, *record.InvalidNames) {
	s.followCluster(snapshot.ClusterID)
	s.ranges.Restore(s.now(), snapshot)
	snapshot.Failures = append(snapshot.Failures, leaderless(snapshot, s.ask.Ends)...)
	if s.assigned {
		snapshot.Failures = append(snapshot.Failures, unassigned(lag.OnlyAssigned(snapshot))...)
	}
	s.failures.Report(s.now(), snapshot.Failures)
	report := lag.Compute(snapshot)
	invalid := record.FindInvalidNames(snapshot)
	s.own.Scraped(ctx, snapshot, report, invalid.Count())
	s.coordinated(ctx, len(snapshot.Groups))
	s.anomalies.Report(s.now(), report.Anomalies, invalid.Count(), invalid.First())
	s.groups.learn(snapshot, report)
	s.interpret(ctx, snapshot, report)
	return report, invalid
}

// nothing is the scrape of a collector without a part. Only what somebody should look at
// makes it unhealthy: one that waits is well.
func (s *lagScraper) nothing(ctx context.Context, err error) pmetric.Metrics {
	s.health.report(err)
	s.own.Scraped(ctx, &cluster.Snapshot{}, &lag.Report{}, 0)
	s.coordinated(ctx, 0)
	s.forget()
	return s.recorder.Nothing(s.clusterID)
}

// coordinated records what the collector is in its group, if it is in one, and how many
// consumer groups it has asked about.
func (s *lagScraper) coordinated(ctx context.Context, groups int) {
	if s.member != nil {
		s.own.Coordinated(ctx, s.member.Status(), groups)
	}
}

// interpret adds to a report what follows from earlier scrapes.
func (s *lagScraper) interpret(ctx context.Context, learned *cluster.Snapshot, report *lag.Report) {
	if s.timeLag != nil {
		if s.ask.Transactions {
			report.Transactions = lag.OpenTransactions(learned)
		}
		s.timeLag.Estimate(ctx, s.now(), learned, report)
		if s.growth != nil {
			s.growth.Observe(s.now(), learned)
		}
		lag.FillRetentionMargins(s.now(), learned, report, s.growth)
	}
	if s.history != nil {
		s.history.Observe(s.now(), learned, report)
		if s.statuses {
			status.Evaluate(s.history, report)
		}
		progress.Estimate(s.history, report)
	}
	if s.ask.Starts != snapshot.Nowhere {
		s.expired.Report(s.now(), report)
	}
}

// shutdown ends a running scrape and search, and closes the connections. It
// does not wait for Kafka.
func (s *lagScraper) shutdown() {
	s.client.stop()
	if s.member != nil {
		s.member.Shutdown()
	}
	if s.timeLag != nil {
		s.timeLag.Shutdown()
	}
	s.own.Shutdown()
}
