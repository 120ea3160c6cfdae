// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// finder is the part of [lookup.Client] that a search needs.
type finder interface {
	Start(host component.Host) error
	Begin(brokers map[int32]cluster.Broker)
	Lookup(ctx context.Context, lookups []cluster.Lookup) []cluster.Answer
	Compacted(ctx context.Context, topics []string) map[string]bool
	Close()
}

// roundsPerBudget is how many rounds a budget lasts at least: a search takes
// about that many, so that the largest lags are dated within one interval.
const roundsPerBudget = 10

// SearchConfig is what time lag is told and searched by.
type SearchConfig struct {
	// History is how long the arrival of records is remembered.
	History time.Duration
	// Interval is the time from one scrape to the next.
	Interval time.Duration
	// Budget is how many look-ups an interval may have.
	Budget int
}

// SearchObserver is told what the search does.
type SearchObserver interface {
	// Undated is told how many time lags a scrape could not tell.
	Undated(ctx context.Context, partitions int)
	// Round is told of each round of look-ups, and how many were answered.
	Round(ctx context.Context, lookups int)
}

// dater tells the age of what groups have not read. It searches between the
// scrapes: a scrape shows what has been found by then, and neither waits nor
// shares brokers and processors with the search, but for a round under way.
type dater struct {
	finder finder // nil: there is no search
	budget int
	log    *zap.Logger
	obs    SearchObserver

	mu    sync.Mutex
	dates lag.Dates

	// scraping has the search make no more rounds.
	scraping atomic.Bool
	// next is the brokers of the scrape under way, if it has left commits without
	// a date; work those of one that is over, until the search begins with them.
	next    map[int32]cluster.Broker
	work    chan map[int32]cluster.Broker
	stop    context.CancelFunc
	running sync.WaitGroup
}

// newDater returns a dater that searches with f, which may be nil.
func newDater(cfg SearchConfig, f finder, log *zap.Logger, obs SearchObserver) *dater {
	return &dater{
		finder: f,
		budget: cfg.Budget,
		log:    log,
		obs:    obs,
		dates:  lag.Dates{Keep: cfg.History, Interval: cfg.Interval, Blind: f == nil},
		work:   make(chan map[int32]cluster.Broker, 1),
		stop:   func() {},
	}
}

// start begins to wait for work. Nothing is dialed before there is some.
func (d *dater) start(host component.Host) error {
	if d.finder == nil {
		return nil
	}
	if err := d.finder.Start(host); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	d.stop = stop
	d.running.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case brokers := <-d.work:
				d.search(ctx, brokers)
			}
		}
	})
	return nil
}

// shutdown ends the search.
func (d *dater) shutdown() {
	d.stop()
	if d.finder != nil {
		d.finder.Close()
	}
	d.running.Wait()
}

// pause holds the search, because a scrape begins.
func (d *dater) pause() { d.scraping.Store(true) }

// resume hands the search what the scrape has left, with the budget of one
// interval, because it is over. A scrape that failed leaves nothing.
func (d *dater) resume() {
	d.scraping.Store(false)
	if d.next == nil {
		return
	}
	select {
	case <-d.work: // of an older scrape
	default:
	}
	d.work <- d.next
	d.next = nil
}

// date fills in the ages of r, which was computed from s.
func (d *dater) date(ctx context.Context, now time.Time, s *cluster.Snapshot, r *lag.Report) {
	d.mu.Lock()
	undated := d.dates.Date(now, s, r)
	wanting := d.dates.Wanting()
	d.mu.Unlock()
	d.obs.Undated(ctx, undated)
	if wanting && d.finder != nil {
		d.next = s.Brokers
	}
}

// search makes look-ups until nothing is left to ask, the budget is used up, or
// the next scrape begins.
func (d *dater) search(ctx context.Context, brokers map[int32]cluster.Broker) {
	d.finder.Begin(brokers)
	round := max(1, d.budget/roundsPerBudget)
	for left := d.budget; left > 0 && ctx.Err() == nil; {
		d.mu.Lock()
		lookups, unclear := d.dates.Plan(min(round, left))
		d.mu.Unlock()
		if len(lookups) == 0 && len(unclear) == 0 {
			return
		}
		d.policies(ctx, unclear)
		left -= d.lookup(ctx, lookups)
		if d.scraping.Load() { // not before: there is one round where scrapes leave no time
			return
		}
	}
}

// policies learns which topics are compacted.
func (d *dater) policies(ctx context.Context, topics []string) {
	if len(topics) == 0 {
		return
	}
	compacted := d.finder.Compacted(ctx, topics)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dates.Policies(topics, compacted)
}

// lookup makes one round and returns how many look-ups were answered. Those
// that were not do not use up the budget of the others; they are not asked again
// before the next scrape, and less and less often.
func (d *dater) lookup(ctx context.Context, lookups []cluster.Lookup) (answered int) {
	if len(lookups) == 0 {
		return 0
	}
	answers := d.finder.Lookup(ctx, lookups)
	var failure error
	for _, a := range answers {
		if a.Err != nil {
			failure = a.Err
			continue
		}
		answered++
	}
	if failure != nil {
		d.log.Debug("Look-ups by time were not answered",
			zap.Int("partitions", len(answers)-answered), zap.String("error", failure.Error()))
	}
	d.obs.Round(ctx, answered)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dates.Learn(answers)
	return answered
}
