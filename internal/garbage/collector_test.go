// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package garbage

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCollect(t *testing.T) {
	for name, tt := range map[string]struct {
		points      int
		objects     uint64
		gogc        uint64
		environment bool
		want        int
	}{
		"no points":                          {points: 0, objects: 10 * mib, gogc: 100, want: 0},
		"few points in a small heap":         {points: 1000, objects: mib, gogc: 100, want: 0},
		"just too few":                       {points: leastGarbage/pointSize - 1, objects: 20 * mib, gogc: 100, want: 0},
		"enough":                             {points: leastGarbage/pointSize + 1, objects: 20 * mib, gogc: 100, want: 1},
		"most of the heap":                   {points: 340_000, objects: 140 * mib, gogc: 100, want: 1},
		"a third of the heap":                {points: 340_000, objects: 340_000 * pointSize * 3, gogc: 100, want: 1},
		"less: the heap is for other things": {points: 340_000, objects: 340_000*pointSize*3 + 3, gogc: 100, want: 0},
		"a smaller GOGC":                     {points: 340_000, objects: 140 * mib, gogc: 50, want: 0},
		"a larger GOGC":                      {points: 340_000, objects: 140 * mib, gogc: 200, want: 0},
		"GOGC is off":                        {points: 340_000, objects: 140 * mib, gogc: math.MaxUint64, want: 0},
		"GOGC is set to its default":         {points: 340_000, objects: 140 * mib, gogc: 100, environment: true, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			runtime := &fakeRuntime{gcState: gcState{objects: tt.objects, live: 30 * mib, percent: tt.gogc}, environment: tt.environment}
			c := &Collector{heap: newHeap(runtime)}
			collect := func() {
				c.Collect()
				c.running.Wait()
			}
			collect()
			assert.Zero(t, runtime.cycles, "before the first scrape")
			c.Left(tt.points)
			collect()
			assert.Equal(t, tt.want, runtime.cycles)
			collect()
			assert.Equal(t, tt.want, runtime.cycles, "they are collected once")
			if tt.want == 0 {
				assert.Equal(t, tt.gogc, runtime.percent)
			} else {
				assert.Greater(t, runtime.percent, tt.gogc)
			}
			c.Shutdown()
			assert.Equal(t, tt.gogc, runtime.percent)
		})
	}
}

// A scrape that fails makes no data points, and what the next one needs is known. After one
// that makes few, Go's default holds again.
func TestRoomUntilFewerPoints(t *testing.T) {
	runtime := fresh(140*mib, 40*mib)
	c := &Collector{heap: newHeap(runtime)}
	c.Left(400_000)
	c.Collect()
	room := runtime.percent
	assert.Greater(t, room, uint64(defaultPercent))
	c.Collect()
	assert.Equal(t, room, runtime.percent, "after one that failed")
	c.Left(0)
	c.Collect()
	assert.EqualValues(t, defaultPercent, runtime.percent)
	c.Shutdown()
}
