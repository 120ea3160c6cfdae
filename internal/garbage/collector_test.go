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

// A cycle comes when it is known how many points are to be made where no scrape before has
// said how many it made, and if it is worth one by then.
func TestExpect(t *testing.T) {
	const (
		many   = 400_000 // data points, of 107 MiB
		failed = -1      // or had no part
	)
	for name, tt := range map[string]struct {
		before      []int // the points that earlier scrapes made
		expected    int
		live        uint64
		environment bool
		want        int
	}{
		"the first scrape":                         {expected: many, live: 60 * mib, want: 1},
		"the first is small":                       {expected: leastGarbage/pointSize - 1, live: mib, want: 0},
		"other things take most of the memory":     {expected: many, live: 300 * mib, want: 0},
		"GOGC is set":                              {expected: many, live: 60 * mib, environment: true, want: 0},
		"the last scrape made as many":             {before: []int{many}, expected: many, live: 60 * mib, want: 1},
		"the last scrape made few: Go has its way": {before: []int{1}, expected: many, live: 60 * mib, want: 0},
		"the last scrape made none":                {before: []int{0}, expected: many, live: 60 * mib, want: 0},
		"the last scrape failed":                   {before: []int{0, failed}, expected: many, live: 60 * mib, want: 1},
		"all have failed":                          {before: []int{failed, failed}, expected: many, live: 60 * mib, want: 1},
		"the last scrape failed after many points": {before: []int{many, failed}, expected: many, live: 60 * mib, want: 2},
		"the last one after a failure made none":   {before: []int{failed, 0}, expected: many, live: 60 * mib, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			runtime := fresh(tt.live)
			runtime.environment = tt.environment
			c := newCollector(newHeap(runtime))
			for _, points := range tt.before {
				c.Collect()
				c.running.Wait()
				if points != failed {
					c.Left(points)
				}
			}
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

// A scrape may be over before the cycle that began with it. What it made determines the room,
// not what the one before it made.
func TestLeftBeforeTheCycleEnds(t *testing.T) {
	for name, before := range map[string]int{"without room so far": 0, "with room": 300_000} {
		t.Run(name, func(t *testing.T) {
			runtime := fresh(40 * mib)
			h := newHeap(runtime)
			c := newCollector(h)
			c.Left(before)
			c.Collect()
			c.running.Wait()
			c.Left(400_000)
			over := make(chan struct{})
			runtime.during = func() { <-over }
			c.Collect()
			c.Left(200_000)
			close(over)
			c.running.Wait()
			assert.EqualValues(t, 40*mib+200_000*pointSize*roomFactor, h.goal())
			assert.EqualValues(t, 400, runtime.percent)
		})
	}
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

// Nor is said what is not so: somebody else has set GOGC while the cycle ran.
func TestSaysNothingWhereOthersSetGOGC(t *testing.T) {
	for name, by := range map[string]func(*fakeRuntime){
		"during the cycle":       func(r *fakeRuntime) { r.during = func() { r.percent = 70 } },
		"at the very last":       func(r *fakeRuntime) { r.beforeSet = func() { r.percent = 70 } },
		"the default is as good": func(r *fakeRuntime) { r.during = func() { r.live = 400 * mib } },
	} {
		t.Run(name, func(t *testing.T) {
			core, logs := observer.New(zap.InfoLevel)
			runtime := fresh(40 * mib)
			c := &Collector{heap: newHeap(runtime), log: zap.New(core)}
			by(runtime)
			c.Left(400_000)
			c.Collect()
			c.running.Wait()
			assert.Zero(t, logs.Len())

			runtime.percent, runtime.live, runtime.during = defaultPercent, 40*mib, nil
			c.Left(400_000)
			c.Collect()
			c.running.Wait()
			assert.Equal(t, 1, logs.Len(), "from then on it is so")
		})
	}
}
