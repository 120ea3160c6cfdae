// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package search makes the look-ups that time lag needs, between the scrapes and
// within a budget.
package search

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/timelag"
)

// Client is the part of [lookup.Client] that a search needs.
type Client interface {
	Start(host component.Host) error
	Begin(clusterID string, brokers map[int32]cluster.Broker)
	Lookup(ctx context.Context, lookups []cluster.Lookup) []cluster.Answer
	Compacted(ctx context.Context, topics []string) map[string]bool
	Close()
}

// roundsPerBudget is how many rounds a budget lasts at least: a search takes
// about that many, so that the largest lags are dated within one interval.
const roundsPerBudget = 10

// Config is the configuration of the estimates and of the search.
type Config struct {
	// History is how long the arrival of records is remembered.
	History time.Duration
	// Interval is the time from one scrape to the next.
	Interval time.Duration
	// Budget is how many look-ups an interval may have.
	Budget int
}

// Observer receives what the search does.
type Observer interface {
	// Undated receives how many time lags of a scrape are unknown.
	Undated(ctx context.Context, partitions int)
	// Round receives how many look-ups of a round were answered.
	Round(ctx context.Context, lookups int)
}

// Searcher estimates the age of records that groups have not read. It searches between
// the scrapes: a scrape reports what has been found by then, does not wait for the
// search, and competes at most with one round of look-ups that is under way.
type Searcher struct {
	client Client // nil: there is no search
	budget int
	log    *zap.Logger
	obs    Observer

	newEstimator func() *timelag.Estimator

	mu        sync.Mutex
	estimator *timelag.Estimator

	// scraping keeps the search from beginning another round.
	scraping atomic.Bool
	// next has the brokers to ask after the scrape under way, if it has left commits
	// without a date. work has those of a scrape that is over, until the search begins.
	next    *targets
	work    chan *targets
	stop    context.CancelFunc
	running sync.WaitGroup
}

// targets is a cluster and its brokers.
type targets struct {
	clusterID string
	brokers   map[int32]cluster.Broker
}

// New returns a searcher that makes its look-ups with client, which may be nil.
func New(cfg Config, client Client, log *zap.Logger, obs Observer) *Searcher {
	s := &Searcher{
		client: client,
		budget: cfg.Budget,
		log:    log,
		obs:    obs,
		newEstimator: func() *timelag.Estimator {
			return &timelag.Estimator{Keep: cfg.History, Interval: cfg.Interval, DisableLookups: client == nil}
		},
		work: make(chan *targets, 1),
		stop: func() {},
	}
	s.Forget()
	return s
}

// Forget drops all that is known of records and their times, because the cluster is
// another one. The answers of a look-up under way are ignored.
func (s *Searcher) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.estimator = s.newEstimator()
}

// Start starts the goroutine that waits for work. It does not dial before there is any.
func (s *Searcher) Start(host component.Host) error {
	if s.client == nil {
		return nil
	}
	if err := s.client.Start(host); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.running.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case whom := <-s.work:
				s.search(ctx, whom)
			}
		}
	})
	return nil
}

// Shutdown ends the search.
func (s *Searcher) Shutdown() {
	s.stop()
	if s.client != nil {
		s.client.Close()
	}
	s.running.Wait()
}

// Pause holds the search, because a scrape begins.
func (s *Searcher) Pause() { s.scraping.Store(true) }

// Resume hands the search what the scrape has left, with the budget of one
// interval, because it is over. A scrape that failed leaves nothing.
func (s *Searcher) Resume() {
	s.scraping.Store(false)
	if s.next == nil {
		return
	}
	select {
	case <-s.work: // of an older scrape
	default:
	}
	s.work <- s.next
	s.next = nil
}

// Estimate fills in the ages of r, which was computed from
// snapshot.
func (s *Searcher) Estimate(ctx context.Context, now time.Time, snapshot *cluster.Snapshot, r *lag.Report) {
	s.mu.Lock()
	undated := s.estimator.Estimate(now, snapshot, r)
	wanting := s.estimator.HasTargets()
	s.mu.Unlock()
	s.obs.Undated(ctx, undated)
	if wanting && s.client != nil {
		s.next = &targets{snapshot.ClusterID, snapshot.Brokers}
	}
}

// search makes look-ups until nothing is left to ask, the budget is used up, or
// the next scrape begins.
func (s *Searcher) search(ctx context.Context, whom *targets) {
	s.client.Begin(whom.clusterID, whom.brokers)
	s.mu.Lock()
	estimator := s.estimator
	s.mu.Unlock()
	round := max(1, s.budget/roundsPerBudget)
	for left := s.budget; left > 0 && ctx.Err() == nil; {
		s.mu.Lock()
		lookups, unclear := estimator.Plan(min(round, left))
		s.mu.Unlock()
		if len(lookups) == 0 && len(unclear) == 0 {
			return
		}
		s.policies(ctx, estimator, unclear)
		left -= s.lookup(ctx, estimator, lookups)
		if s.scraping.Load() { // not before: there is one round where scrapes leave no time
			return
		}
	}
}

// policies learns which topics are compacted.
func (s *Searcher) policies(ctx context.Context, estimator *timelag.Estimator, topics []string) {
	if len(topics) == 0 {
		return
	}
	compacted := s.client.Compacted(ctx, topics)
	s.mu.Lock()
	defer s.mu.Unlock()
	estimator.Policies(topics, compacted)
}

// lookup makes one round and returns how many look-ups were answered. Look-ups without
// an answer do not count against the budget; their partitions are skipped for 1, 2, 4,
// then 8 scrapes.
func (s *Searcher) lookup(ctx context.Context, estimator *timelag.Estimator, lookups []cluster.Lookup) (answered int) {
	if len(lookups) == 0 {
		return 0
	}
	answers := s.client.Lookup(ctx, lookups)
	var failure error
	for _, a := range answers {
		if a.Err != nil {
			failure = a.Err
			continue
		}
		answered++
	}
	if failure != nil {
		s.log.Debug("Look-ups by time were not answered",
			zap.Int("partitions", len(answers)-answered), zap.String("error", failure.Error()))
	}
	s.obs.Round(ctx, answered)
	s.mu.Lock()
	defer s.mu.Unlock()
	estimator.Learn(answers)
	return answered
}
