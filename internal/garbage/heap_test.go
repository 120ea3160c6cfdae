// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package garbage

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPercentFor(t *testing.T) {
	for name, tt := range map[string]struct {
		goal, live, roots uint64
		want              int
	}{
		"no room is needed":             {goal: 0, live: 100 * mib, want: 100},
		"less than Go allows":           {goal: 199 * mib, live: 100 * mib, want: 100},
		"less than is in use":           {goal: 99 * mib, live: 100 * mib, want: 100},
		"more":                          {goal: 350 * mib, live: 100 * mib, want: 250},
		"Go counts roots, too":          {goal: 350 * mib, live: 100 * mib, roots: 25 * mib, want: 200},
		"more than Go takes":            {goal: math.MaxUint64, live: 1, want: math.MaxInt32},
		"before the first cycle of all": {goal: 0, live: 0, want: 100},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, gcState{live: tt.live, roots: tt.roots}.percentFor(tt.goal))
		})
	}
}

// Whatever a cycle finds in use, the heap may grow to the same size, or to what Go allows.
func TestGoalAfterEachCycle(t *testing.T) {
	runtime := fresh(40 * mib)
	h := newHeap(runtime)
	c := newCollector(h)
	h.reserve(c, 80*mib)
	h.collect() // room for 240 MiB
	assert.EqualValues(t, 600, runtime.percent)
	for _, tt := range []struct{ live, want uint64 }{{20, 1300}, {112, 150}, {140, 100}, {400, 100}, {40, 600}} {
		runtime.cycle(tt.live * mib)
		assert.Equal(t, tt.want, runtime.percent, "%d MiB in use", tt.live)
	}
	runtime.live = 70 * mib
	c.Left(80 * mib / pointSize)
	assert.EqualValues(t, 299, runtime.percent, "nobody has said that there was a cycle")
	h.release(c)
	assert.EqualValues(t, 100, runtime.percent)
	runtime.cycle(40 * mib)
	assert.EqualValues(t, 100, runtime.percent)
	assert.Nil(t, runtime.after, "cycles are watched although nobody needs room")
}

// The largest counts: scrapes at different times do not need the sum, and the heap is not to
// grow to it.
func TestGoalOfSeveral(t *testing.T) {
	runtime := fresh(100 * mib)
	h := newHeap(runtime)
	one, two := newCollector(h), newCollector(h)
	h.reserve(one, 80*mib)
	h.collect()
	assert.EqualValues(t, 240, runtime.percent)
	h.reserve(two, 60*mib)
	h.collect()
	assert.EqualValues(t, 240, runtime.percent)
	h.release(one)
	assert.EqualValues(t, 180, runtime.percent)
	h.release(one)
	assert.EqualValues(t, 180, runtime.percent)
	h.release(two)
	assert.EqualValues(t, 100, runtime.percent)
}

// Whoever sets GOGC in the process has the last word, at whatever time.
func TestSetByOthers(t *testing.T) {
	runtime := fresh(40 * mib)
	h := newHeap(runtime)
	c := newCollector(h)
	h.reserve(c, 80*mib)
	h.collect()
	assert.EqualValues(t, 600, runtime.percent)
	runtime.percent = 60
	assert.False(t, h.worthCycle(80*mib))
	runtime.cycle(20 * mib)
	assert.EqualValues(t, 60, runtime.percent)
	h.release(c)
	assert.EqualValues(t, 60, runtime.percent)

	runtime.percent = 600 // whoever changes it for a while puts back what it has found
	runtime.cycle(20 * mib)
	assert.EqualValues(t, 100, runtime.percent, "no room is needed any more")
	h.reserve(c, 80*mib)
	h.collect()
	assert.EqualValues(t, 1200, runtime.percent)

	runtime.beforeSet = func() { runtime.percent = 70 }
	h.release(c)
	assert.EqualValues(t, 70, runtime.percent)
}
