// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package garbage

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestState(t *testing.T) {
	before := debug.SetGCPercent(150)
	defer debug.SetGCPercent(before)
	held := make([]byte, 30*mib)
	liveRuntime{}.collect()
	state := liveRuntime{}.state()
	runtime.KeepAlive(held)
	assert.EqualValues(t, 150, state.percent)
	assert.GreaterOrEqual(t, state.live, uint64(30*mib))
	assert.Positive(t, state.roots)
	assert.Equal(t, 150, liveRuntime{}.setPercent(120))
	assert.EqualValues(t, 120, liveRuntime{}.state().percent)
}

func TestFromEnvironment(t *testing.T) {
	t.Setenv("GOGC", "")
	assert.False(t, liveRuntime{}.fromEnvironment())
	t.Setenv("GOGC", "100")
	assert.True(t, liveRuntime{}.fromEnvironment())
}

func TestAfterNextCycle(t *testing.T) {
	for range 3 {
		called := make(chan struct{})
		liveRuntime{}.afterNextCycle(func() { close(called) }) // twice would panic
		runtime.GC()
		select {
		case <-called:
		case <-time.After(time.Minute):
			require.Fail(t, "not called")
		}
	}
}

// In Go's own heap a scrape's data points are made without a cycle, where the default would
// begin one, and the heap may grow to its goal and no further.
func TestRoomInGoOwnHeap(t *testing.T) {
	before := debug.SetGCPercent(defaultPercent)
	defer debug.SetGCPercent(before)
	t.Setenv("GOGC", "")
	const points = 64 * mib / pointSize
	held := make([]byte, 32*mib)
	c := newCollector(newHeap(liveRuntime{}))
	scrape := func() (cycles uint32) {
		var stats [2]runtime.MemStats
		runtime.ReadMemStats(&stats[0])
		made := make([]*[pointSize]byte, points)
		for i := range made {
			made[i] = new([pointSize]byte)
		}
		runtime.KeepAlive(made)
		runtime.ReadMemStats(&stats[1])
		return stats[1].NumGC - stats[0].NumGC
	}
	runtime.GC()
	assert.Positive(t, scrape(), "without room")
	for range 3 {
		c.Left(points)
		c.Collect()
		c.running.Wait()
		goal := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}}
		metrics.Read(goal)
		assert.InEpsilon(t, c.heap.goal(), goal[0].Value.Uint64(), 0.02)
		assert.Zero(t, scrape())
	}
	c.Shutdown()
	assert.EqualValues(t, defaultPercent, liveRuntime{}.state().percent)
	runtime.GC()
	assert.Positive(t, scrape(), "after the receiver's end")
	runtime.KeepAlive(held)
}
