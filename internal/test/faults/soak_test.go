// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/soak"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// Brokers with replicas are restarted one after the other while records keep
// coming: whatever scrapes report is true, and once a broker has gone in order,
// or is back, nothing is missing.
func TestIntegrationSoakRollingRestart(t *testing.T) {
	rounds := 1
	if soak.Full() {
		rounds = 20
	}
	c := threeBrokers(t)
	tr := seed(t, c.Seed, layout{prefix: "rolling", topics: 4, partitions: 6, replicas: 3})
	w := watch(t, c.Brokers(), tr.check, func(cfg *receiver.Config) {
		tr.only(cfg)
		cfg.CollectionInterval = 500 * time.Millisecond
	})
	w.await("everything", tr.whole)
	for range rounds {
		for id := range int32(3) {
			broker := c.Broker(id + 1)
			broker.Stop(t)
			w.awaitGrowth(tr, c.Seed, 2)
			broker.Start(t)
			w.awaitGrowth(tr, c.Seed, 3)
		}
	}
}

// awaitGrowth adds records and waits until scrapes are whole again, which they
// then remain.
func (w *watcher) awaitGrowth(tr *truth, s kafkatest.Seed, brokers int64) {
	w.t.Helper()
	tr.produce(w.t, s)
	w.await("everything after a restart", func(p points) bool { return p.brokers() == brokers && tr.whole(p) })
	tr.settled()
	w.hold()
	for range 2 {
		require.NoError(w.t, listed("missing", tr.missing(w.step())))
	}
	w.release()
}

// Restarts leave nothing behind: what the process holds after many of them is
// what it held after a few.
func TestIntegrationSoakRandomRestarts(t *testing.T) {
	soak.Only(t)
	const scrapes, interval = 2000, 250 * time.Millisecond
	const early, slack = 100, 2
	c := threeBrokers(t)
	tr := seed(t, c.Seed, layout{prefix: "random", topics: 4, partitions: 6, replicas: 3})
	w := watch(t, c.Brokers(), tr.check, func(cfg *receiver.Config) {
		tr.only(cfg)
		cfg.CollectionInterval = interval
	})
	chance := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same restarts in every run
	failUntil := func(scrapes, restarts int) (done int) {
		for ; done < restarts || w.scrapes() < scrapes; done++ {
			failOne(t, c, chance, done%ways)
			w.await("everything after a restart", func(p points) bool { return p.brokers() == 3 && tr.whole(p) })
		}
		return done
	}
	// Each way of failing once, so that all is in place that stays.
	failUntil(early, ways)
	before := w.usage()
	restarts := failUntil(scrapes, 2*ways)
	after := w.usage()
	t.Logf("after %d scrapes and %d restarts more: %+v, before: %+v", w.scrapes()-early, restarts, after, before)
	assert.LessOrEqual(t, after.goroutines, before.goroutines+slack)
	assert.LessOrEqual(t, after.files, before.files+slack)
	assert.LessOrEqual(t, after.heap, before.heap+512<<10)
}

// ways is how many ways there are to fail.
const ways = 3

// failOne makes a broker that is left to chance fail in one of the ways, and
// brings it back.
func failOne(t *testing.T, c *kafkatest.Cluster, chance *rand.Rand, way int) {
	t.Helper()
	broker := c.Broker(1 + chance.Int32N(3))
	switch way {
	case 0:
		broker.Kill(t)
		broker.Start(t)
	case 1:
		broker.Stop(t)
		broker.Start(t)
	case 2: // perhaps for long enough to be given up
		broker.Pause(t)
		<-time.After(time.Duration(chance.IntN(6000)) * time.Millisecond)
		broker.Resume(t)
		c.Await(t)
	}
}

// usage is what the process holds.
type usage struct {
	goroutines, files int
	heap              int64 // bytes in use
}

// usage measures between two scrapes. What ends by itself a little later than
// the scrape that it belongs to is given the time.
func (w *watcher) usage() usage {
	w.t.Helper()
	w.hold()
	defer w.release()
	least := measure(w.t)
	for range 20 {
		<-time.After(100 * time.Millisecond)
		now := measure(w.t)
		least.goroutines = min(least.goroutines, now.goroutines)
		least.files = min(least.files, now.files)
		least.heap = min(least.heap, now.heap)
	}
	return least
}

func measure(t testing.TB) usage {
	t.Helper()
	files, err := os.ReadDir("/dev/fd")
	require.NoError(t, err)
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return usage{goroutines: runtime.NumGoroutine(), files: len(files), heap: int64(memory.HeapAlloc)}
}
