// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package search

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// fakeClient stands in for partitions whose records are a second apart, the
// first of them at 0.
type fakeClient struct {
	mu     sync.Mutex
	begun  int
	rounds []int
	fails  bool
	// hang, where set, holds every look-up until it is closed or the search ends.
	hang   chan struct{}
	closed bool
}

func (*fakeClient) Start(component.Host) error { return nil }

func (f *fakeClient) Begin(string, map[int32]cluster.Broker) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun++
}

func (f *fakeClient) Lookup(ctx context.Context, lookups []cluster.Lookup) []cluster.Answer {
	f.mu.Lock()
	f.rounds = append(f.rounds, len(lookups))
	hang, fails := f.hang, f.fails
	f.mu.Unlock()
	if hang != nil {
		select {
		case <-hang:
		case <-ctx.Done():
			fails = true
		}
	}
	answers := make([]cluster.Answer, len(lookups))
	for i, l := range lookups {
		offset := (l.At + 999) / 1000
		answers[i] = cluster.Answer{Lookup: l, Offset: cluster.Offset(offset), Time: offset * 1000}
		if fails {
			answers[i] = cluster.Answer{Lookup: l, Err: errors.New("away")}
		}
	}
	return answers
}

func (*fakeClient) Compacted(_ context.Context, topics []string) map[string]bool {
	compacted := map[string]bool{}
	for _, topic := range topics {
		compacted[topic] = false
	}
	return compacted
}

func (f *fakeClient) Close() { f.closed = true }

func (f *fakeClient) lookups() (total int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range f.rounds {
		total += n
	}
	return total
}

// lagging is a topic of so many partitions, and a group in the middle of each.
func lagging(partitions int) *cluster.Snapshot {
	topic := &cluster.Topic{Name: "orders"}
	commits := cluster.TopicCommits{Topic: "orders"}
	for p := range int32(partitions) {
		topic.Partitions = append(topic.Partitions, cluster.Partition{ID: p, Leader: 1, End: 1000})
		commits.Partitions = append(commits.Partitions, cluster.Commit{Partition: p, Offset: 500})
	}
	return &cluster.Snapshot{
		Brokers: map[int32]cluster.Broker{1: {ID: 1}},
		Topics:  map[string]*cluster.Topic{"orders": topic},
		Groups: map[string]*cluster.Group{"billing": {
			Name: "billing", CommitsKnown: true, Commits: []cluster.TopicCommits{commits},
		}},
	}
}

// tally counts what the search does.
type tally struct{ undated, rounds, lookups int }

func (c *tally) Undated(_ context.Context, partitions int) { c.undated = partitions }
func (c *tally) Round(_ context.Context, lookups int) {
	c.rounds, c.lookups = c.rounds+1, c.lookups+lookups
}

func startSearch(t *testing.T, f Client, budget int) *Searcher {
	t.Helper()
	d := New(Config{History: time.Hour, Interval: 30 * time.Second, Budget: budget}, f, zap.NewNop(), new(tally))
	require.NoError(t, d.Start(componenttest.NewNopHost()))
	return d
}

// scrape returns the time lags of one scrape, a thousand seconds after the
// first record.
func (d *Searcher) scrape(s *cluster.Snapshot) *lag.Topic {
	d.Pause()
	defer d.Resume()
	r := lag.Compute(s)
	d.Estimate(context.Background(), time.Unix(1000, 0), s, r)
	return &r.Groups[0].Topics[0]
}

func TestSearchFindsBetweenScrapes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeClient{}
		d := startSearch(t, f, 1000)
		defer d.Shutdown()
		synctest.Wait()
		assert.Zero(t, f.begun, "nothing before the first scrape")
		assert.False(t, d.scrape(lagging(3)).AgeMax.Known)
		synctest.Wait()
		assert.Equal(t, &tally{undated: 3, rounds: len(f.rounds), lookups: f.lookups()}, d.obs)
		assert.Equal(t, lag.Age{Duration: 500 * time.Second, Known: true}, d.scrape(lagging(3)).AgeMax)
		asked := f.lookups()
		synctest.Wait()
		d.scrape(lagging(3))
		synctest.Wait()
		assert.Equal(t, asked, f.lookups(), "a group that is stuck is looked up once")
		assert.Equal(t, 1, f.begun)
	})
}

func TestSearchKeepsToItsBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeClient{}
		d := startSearch(t, f, 20)
		defer d.Shutdown()
		for interval := range 3 {
			d.scrape(lagging(100))
			synctest.Wait()
			assert.Equal(t, 20*(interval+1), f.lookups())
		}
		for _, n := range f.rounds {
			assert.LessOrEqual(t, n, 2, "the largest lags first, to the end")
		}
	})
}

func TestSearchGivesUpOnWhatFailsUntilTheNextScrape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeClient{fails: true}
		d := startSearch(t, f, 10)
		defer d.Shutdown()
		d.scrape(lagging(100))
		synctest.Wait()
		assert.Equal(t, 100, f.lookups(), "each once; failures do not use up the budget of the others")
		f.fails = false
		d.scrape(lagging(1))
		synctest.Wait()
		assert.True(t, d.scrape(lagging(1)).AgeMax.Known)
	})
}

// What the brokers and processors have to give is the scrape's while there is one.
func TestSearchPausesForAScrape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeClient{hang: make(chan struct{})}
		d := startSearch(t, f, 1000)
		defer d.Shutdown()
		d.scrape(lagging(3))
		synctest.Wait()
		require.Len(t, f.rounds, 1)
		d.Pause()
		close(f.hang)
		synctest.Wait()
		assert.Len(t, f.rounds, 1, "the round that was under way")
		d.Resume()
		synctest.Wait()
		assert.Len(t, f.rounds, 1, "that scrape has failed")
		d.Pause()
		d.Estimate(context.Background(), time.Unix(1000, 0), lagging(3), lag.Compute(lagging(3)))
		synctest.Wait()
		assert.Len(t, f.rounds, 1, "its metrics are still to be made")
		d.Resume()
		synctest.Wait()
		assert.Greater(t, len(f.rounds), 1)
	})
}

// Where scrapes leave no time in between, there is a round all the same.
func TestSearchMakesARoundBesideAScrape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeClient{}
		d := startSearch(t, f, 1000)
		defer d.Shutdown()
		for n := range 3 {
			d.Pause()
			d.Estimate(t.Context(), time.Unix(1000, 0), lagging(1000), lag.Compute(lagging(1000)))
			d.work <- d.next // as where the next scrape begins before the search does
			synctest.Wait()
			assert.Len(t, f.rounds, n+1)
		}
	})
}

func TestSearchNeverDelaysAScrape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeClient{hang: make(chan struct{})}
		d := startSearch(t, f, 1000)
		began := time.Now()
		for range 5 {
			assert.False(t, d.scrape(lagging(3)).AgeMax.Known)
			synctest.Wait()
		}
		assert.Equal(t, 1, f.begun, "the search hangs")
		d.Shutdown()
		assert.True(t, f.closed)
		assert.Zero(t, time.Since(began))
	})
}

func TestSearchWithoutSearch(t *testing.T) {
	d := startSearch(t, nil, 0)
	assert.False(t, d.scrape(lagging(1)).AgeMax.Known)
	assert.False(t, d.scrape(lagging(1)).AgeMax.Known)
	d.Shutdown()
}

func TestSearchStopsWithoutHavingStarted(t *testing.T) {
	f := &fakeClient{}
	New(Config{}, f, zap.NewNop(), nil).Shutdown()
	assert.True(t, f.closed)
}

// A cluster that is another one has other records, of the same topics too.
func TestSearchForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeClient{}
		d := startSearch(t, f, 1000)
		defer d.Shutdown()
		d.scrape(lagging(1))
		synctest.Wait()
		require.True(t, d.scrape(lagging(1)).AgeMax.Known)
		f.mu.Lock()
		f.hang = make(chan struct{})
		f.mu.Unlock()
		d.Forget()
		assert.False(t, d.scrape(lagging(1)).AgeMax.Known)
		synctest.Wait()
		d.Forget()
		close(f.hang)
		synctest.Wait()
		assert.False(t, d.scrape(lagging(1)).AgeMax.Known, "what was under way is of the one before")
		synctest.Wait()
		assert.True(t, d.scrape(lagging(1)).AgeMax.Known)
	})
}
