// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/failurelog"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/selfmetrics"
)

// SingleScrape is what one scrape came to.
type SingleScrape struct {
	// Asked is what the enabled metrics need.
	Asked snapshot.Request
	// Snapshot has the failures alone where nothing was learned, which Err says.
	Snapshot *cluster.Snapshot
	Err      error
	// Brokers are those that the metadata names.
	Brokers []snapshot.BrokerState
	Access  snapshot.Access
	// Series counts the data points of each metric. AllSeries counts those too that
	// only later scrapes or the search for time lag can add, most of which come.
	Series, AllSeries map[string]int
	// LeftOut counts the data points beyond max_group_partitions.
	LeftOut int
	// Took is how long the cluster was asked, with connections being made.
	Took time.Duration
}

// ScrapeOnce scrapes as a receiver of cfg does first, for whom there is no pipeline:
// nothing is logged, and time lag is not searched for. cfg has been validated, and names
// no extension. The error says what is wrong with the files that it names.
func ScrapeOnce(ctx context.Context, cfg *Config) (*SingleScrape, error) {
	set := selfmetrics.Discarded()
	own, err := selfmetrics.New(set)
	if err != nil {
		return nil, err
	}
	client, err := snapshot.New(cfg.Config, set.Logger, nil, commitsInZooKeeper(cfg, set.Logger))
	if err != nil {
		return nil, err
	}
	s := newScraper(set, cfg, client, nil, nil, own)
	defer s.shutdown()
	if err := s.start(ctx, noExtensions{}); err != nil {
		return nil, err
	}
	began := s.now()
	learned, err := s.client.snapshot(ctx, s.ask)
	scrape := &SingleScrape{Asked: s.ask, Err: err, Took: s.now().Sub(began)}
	if err != nil {
		scrape.Snapshot = &cluster.Snapshot{Failures: failurelog.FailuresOf(learned, err)}
		return scrape, nil
	}
	scrape.Snapshot, scrape.Brokers, scrape.Access = learned, client.Brokers(), client.Access()
	s.count(ctx, scrape)
	return scrape, nil
}

// count computes what the snapshot comes to, and counts its data points.
func (s *lagScraper) count(ctx context.Context, scrape *SingleScrape) {
	report, invalid := s.compute(ctx, scrape.Snapshot)
	scrape.LeftOut = s.limiter.apply(s.now(), report, scrape.Snapshot.Groups)
	scrape.Series = s.recorder.Series(invalid.InSnapshot(scrape.Snapshot), invalid.InReport(report))
	assumeKnown(scrape.Snapshot, report)
	lag.FillRetentionMargins(s.now(), scrape.Snapshot, report, s.growth)
	scrape.AllSeries = s.recorder.Series(invalid.InSnapshot(scrape.Snapshot), invalid.InReport(report))
}

// assumeKnown makes known what a first scrape cannot know: ages, rates and statuses.
func assumeKnown(s *cluster.Snapshot, r *lag.Report) {
	age, rate := lag.Age{Known: true}, lag.Rate{Known: true}
	for t := range r.Dated() {
		t.AgeMax, t.AgeBound = age, age
		t.Progress = lag.Progress{CommitAge: age, Stalled: age, Drain: age, CatchUp: age, ConsumeRate: rate}
		for i := range t.Partitions {
			t.Partitions[i].Age, t.Partitions[i].Status = age, lag.StatusOK
		}
	}
	for i := range r.Groups {
		r.Groups[i].Status = lag.StatusOK
	}
	for _, topic := range s.Topics {
		for i := range topic.Partitions {
			topic.Partitions[i].ProduceRateKnown = true
		}
	}
}

// noExtensions is a host without any.
type noExtensions struct{}

func (noExtensions) GetExtensions() map[component.ID]component.Component { return nil }
