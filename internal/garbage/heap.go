// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package garbage

import (
	"math"
	"sync"
)

// defaultPercent is GOGC where nobody sets it.
const defaultPercent = 100

// roomPerPoint is the room that the heap has, per byte of a data point: one byte is the
// point's own, another is for what else a scrape, processors and exporters allocate for it.
// Go begins a cycle once 70 to 95 % of the room is used.
const roomPerPoint = 2.5

// heap is Go's heap, which all receivers of a process share. It has at least the room that
// they need together, beyond what the last cycle has found in use. Go knows room only as a
// percentage of that, GOGC, which is therefore set anew after each cycle. GOMEMLIMIT bounds
// the heap all the same.
//
// Who sets GOGC, whether in the environment or in the process, decides alone.
type heap struct {
	runtime goRuntime

	mu      sync.Mutex
	rooms   map[*Collector]uint64 // bytes
	percent int                   // GOGC, as it should be found
	watched bool                  // adjust is called after each cycle
	foreign bool                  // somebody else sets GOGC
}

func newHeap(runtime goRuntime) *heap {
	return &heap{
		runtime: runtime,
		rooms:   map[*Collector]uint64{},
		percent: defaultPercent,
		foreign: runtime.fromEnvironment(),
	}
}

// mostly reports whether so many bytes are a third of the heap or more, and the heap may be
// looked after.
func (h *heap) mostly(size uint64) bool {
	state := h.runtime.state()
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.own(state) && size >= state.objects/3
}

// reserve gives the heap room for a scrape with data points of that size.
func (h *heap) reserve(c *Collector, size uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rooms[c] = uint64(float64(size) * roomPerPoint)
	h.adjust()
	if !h.watched {
		h.watched = true
		h.runtime.afterNextCycle(h.afterCycle)
	}
}

// release takes back the room of c.
func (h *heap) release(c *Collector) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, has := h.rooms[c]; has {
		delete(h.rooms, c)
		h.adjust()
	}
}

// afterCycle is called after each cycle, until no room is needed.
func (h *heap) afterCycle() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.adjust()
	if h.watched = len(h.rooms) > 0; h.watched {
		h.runtime.afterNextCycle(h.afterCycle)
	}
}

// adjust sets GOGC such that the heap has its room.
func (h *heap) adjust() {
	state := h.runtime.state()
	if percent := percentOf(h.room(), state.live); h.own(state) && percent != h.percent {
		h.runtime.setPercent(percent)
		h.percent = percent
	}
}

// own reports whether GOGC is as it should be found. If it is not, it is somebody else's
// from then on.
func (h *heap) own(state gcState) bool {
	h.foreign = h.foreign || state.percent != uint64(h.percent) //nolint:gosec // it is not negative
	return !h.foreign
}

func (h *heap) room() uint64 {
	var sum uint64
	for _, room := range h.rooms {
		sum += room
	}
	return sum
}

// percentOf returns the GOGC by which a heap of so many bytes in use has that room, and at
// least Go's own.
func percentOf(room, live uint64) int {
	percent := float64(room) / float64(max(live, 1)) * 100
	return int(min(max(percent, defaultPercent), math.MaxInt32))
}
