// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package garbage

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPercentOf(t *testing.T) {
	for name, tt := range map[string]struct {
		room, live uint64
		want       int
	}{
		"no room is needed":             {room: 0, live: 100 * mib, want: 100},
		"less than Go gives":            {room: 99 * mib, live: 100 * mib, want: 100},
		"more":                          {room: 250 * mib, live: 100 * mib, want: 250},
		"nothing is in use":             {room: 250 * mib, live: 0, want: math.MaxInt32},
		"more than Go takes":            {room: math.MaxUint64, live: 1, want: math.MaxInt32},
		"before the first cycle of all": {room: 0, live: 0, want: 100},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, percentOf(tt.room, tt.live))
		})
	}
}

// Whatever a cycle finds in use, the heap has the same room beyond it, or what Go gives it.
func TestRoomAfterEachCycle(t *testing.T) {
	runtime := fresh(140*mib, 100*mib)
	h := newHeap(runtime)
	c := &Collector{heap: h}
	h.reserve(c, 80*mib) // the room is 200 MiB
	assert.EqualValues(t, 200, runtime.percent)
	for _, tt := range []struct{ live, want uint64 }{{20 * mib, 1000}, {160 * mib, 125}, {400 * mib, 100}, {40 * mib, 500}} {
		runtime.cycle(tt.live)
		assert.Equal(t, tt.want, runtime.percent, "%d bytes in use", tt.live)
	}
	h.release(c)
	assert.EqualValues(t, 100, runtime.percent)
	runtime.cycle(40 * mib)
	assert.EqualValues(t, 100, runtime.percent)
	assert.Nil(t, runtime.after, "cycles are watched although nobody needs room")
}

func TestRoomOfSeveral(t *testing.T) {
	runtime := fresh(140*mib, 100*mib)
	h := newHeap(runtime)
	one, two := &Collector{heap: h}, &Collector{heap: h}
	h.reserve(one, 80*mib)
	h.reserve(two, 40*mib)
	assert.EqualValues(t, 300, runtime.percent)
	h.reserve(two, 60*mib)
	assert.EqualValues(t, 350, runtime.percent)
	h.release(one)
	assert.EqualValues(t, 150, runtime.percent)
	h.release(one)
	assert.EqualValues(t, 150, runtime.percent)
	h.release(two)
	assert.EqualValues(t, 100, runtime.percent)
}

// Who sets GOGC in the process has the last word, at whatever time.
func TestSetByOthers(t *testing.T) {
	runtime := fresh(140*mib, 40*mib)
	h := newHeap(runtime)
	c := &Collector{heap: h}
	h.reserve(c, 80*mib)
	assert.EqualValues(t, 500, runtime.percent)
	runtime.percent = 60
	runtime.cycle(20 * mib)
	assert.EqualValues(t, 60, runtime.percent)
	assert.False(t, h.mostly(130*mib))
	h.release(c)
	assert.EqualValues(t, 60, runtime.percent)

	runtime.percent = 500 // by chance what was set before
	h.reserve(c, 40*mib)
	assert.EqualValues(t, 500, runtime.percent)
}
