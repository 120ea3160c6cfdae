// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package garbage

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestCollect(t *testing.T) {
	for name, tt := range map[string]struct {
		points      int
		live        uint64
		gogc        uint64
		environment bool
		want        int
	}{
		"no points":                          {points: 0, live: 10 * mib, gogc: 100, want: 0},
		"few points in a small heap":         {points: 1000, live: mib, gogc: 100, want: 0},
		"just too few":                       {points: leastGarbage/pointSize - 1, live: 20 * mib, gogc: 100, want: 0},
		"enough":                             {points: leastGarbage/pointSize + 1, live: 20 * mib, gogc: 100, want: 1},
		"most of what was in use":            {points: 340_000, live: 100 * mib, gogc: 100, want: 1},
		"half of it":                         {points: 340_000, live: 340_000 * pointSize * 2, gogc: 100, want: 1},
		"less: the heap is for other things": {points: 340_000, live: 340_000*pointSize*2 + 2, gogc: 100, want: 0},
		"a smaller GOGC":                     {points: 340_000, live: 40 * mib, gogc: 50, want: 0},
		"a larger GOGC":                      {points: 340_000, live: 40 * mib, gogc: 200, want: 0},
		"GOGC is off":                        {points: 340_000, live: 40 * mib, gogc: math.MaxUint64, want: 0},
		"GOGC is set to its default":         {points: 340_000, live: 40 * mib, gogc: 100, environment: true, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			runtime := &fakeRuntime{gcState: gcState{live: tt.live, percent: tt.gogc}, environment: tt.environment}
			c := newCollector(newHeap(runtime))
			collect := func() {
				c.Collect()
				c.running.Wait()
			}
			collect()
			assert.Zero(t, runtime.cycles, "before the first scrape")
			c.Left(tt.points)
			collect()
			assert.Equal(t, tt.want, runtime.cycles)
			if tt.want == 0 {
				assert.Equal(t, tt.gogc, runtime.percent)
			} else {
				assert.Greater(t, runtime.percent, tt.gogc)
			}
			collect()
			assert.Equal(t, tt.want, runtime.cycles, "they are collected once")
			c.Shutdown()
			assert.Equal(t, tt.gogc, runtime.percent)
		})
	}
}

// A scrape that fails makes no data points. The room that it has it may use, the next one has
// Go's default.
func TestRoomUntilNothingIsLeft(t *testing.T) {
	runtime := fresh(40 * mib)
	c := newCollector(newHeap(runtime))
	c.Left(400_000)
	for _, want := range []bool{true, false} {
		c.Collect()
		c.running.Wait()
		assert.Equal(t, want, runtime.percent > defaultPercent)
	}
	assert.Equal(t, 1, runtime.cycles)
}

// Where no points came before, a cycle comes when it is known how many are to be made, if it
// is worth one by then.
func TestExpect(t *testing.T) {
	const many = 400_000 // data points, of 107 MiB
	for name, tt := range map[string]struct {
		left, expected int
		live           uint64
		environment    bool
		want           int
	}{
		"the first scrape":                        {expected: many, live: 60 * mib, want: 1},
		"the first is small":                      {expected: leastGarbage/pointSize - 1, live: mib, want: 0},
		"other things take most of the memory":    {expected: many, live: 300 * mib, want: 0},
		"GOGC is set":                             {expected: many, live: 60 * mib, environment: true, want: 0},
		"the last scrape had as many":             {left: many, expected: many, live: 60 * mib, want: 1},
		"the last scrape had few: Go has its way": {left: 1, expected: many, live: 60 * mib, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			runtime := fresh(tt.live)
			runtime.environment = tt.environment
			c := newCollector(newHeap(runtime))
			c.Left(tt.left)
			c.Collect()
			c.running.Wait()
			c.Expect(tt.expected)
			assert.Equal(t, tt.want, runtime.cycles)
			assert.Equal(t, tt.want > 0, runtime.percent > defaultPercent)
		})
	}
}

// What is expected is an estimate. Once a scrape is over, its points determine the room.
func TestExpectedMore(t *testing.T) {
	runtime := fresh(60 * mib)
	h := newHeap(runtime)
	c := newCollector(h)
	c.Collect()
	c.Expect(4_000_000)
	assert.EqualValues(t, 60*mib+4_000_000*pointSize*roomFactor, h.goal())
	c.Left(200_000)
	assert.EqualValues(t, 60*mib+200_000*pointSize*roomFactor, h.goal())
	c.Collect()
	c.running.Wait()
	c.Left(0)
	assert.EqualValues(t, defaultPercent, runtime.percent)
}

// A setting of the process does not go unsaid.
func TestSaysThatItSetsGOGC(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	c := &Collector{heap: newHeap(fresh(40 * mib)), log: zap.New(core)}
	c.Left(1000)
	c.Collect()
	assert.Zero(t, logs.Len())
	for range 3 {
		c.Left(400_000)
		c.Collect()
	}
	c.Shutdown()
	assert.Equal(t, 1, logs.FilterMessageSnippet("GOGC").Len())
}
