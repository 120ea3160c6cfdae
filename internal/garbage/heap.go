// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package garbage

import (
	"math"
	"sync"
)

// defaultPercent is GOGC where nobody sets it.
const defaultPercent = 100

// roomFactor is the room for a scrape, as a multiple of the size of its data points. With
// the shipped configurations a scrape allocates 1.3 to 2.3 times that size: decoding,
// rendering and processors come on top. Go begins a cycle before all of the room is used.
const roomFactor = 3

// heap is Go's heap, which all receivers of a process share. It may grow to what the last
// cycle that one of them had run has left in use, plus the largest room that one of them
// needs, or to what Go's default allows where that is more. Several that scrape at the same
// time may need more, and then there is a cycle amid their scrapes, as by default. GOMEMLIMIT
// bounds the heap all the same.
//
// Such a cycle comes before its receiver makes points: as a scrape begins, or once the scrape
// has its answers, which are then in use, too. So are the points that another receiver is just
// making. The heap may grow by as much more, until the next such cycle: for an interval.
//
// Go knows the size only as a percentage of what the last cycle found in use, GOGC, which is
// therefore set anew once a cycle's sweep is over, and at the end of each scrape: a cycle
// that something else brings on may find the data points in use, and the percentage of
// before would be far too much.
//
// Whoever sets GOGC, in the environment or in the process, decides alone.
type heap struct {
	runtime     goRuntime
	environment bool // GOGC is set there

	mu      sync.Mutex
	rooms   map[*Collector]uint64 // bytes
	base    uint64                // bytes that the last cycle of collect has left in use
	percent int                   // GOGC, as it should be found
	watched bool                  // afterCycle is called after the next cycle
}

func newHeap(runtime goRuntime) *heap {
	return &heap{
		runtime:     runtime,
		environment: runtime.fromEnvironment(),
		rooms:       map[*Collector]uint64{},
		percent:     defaultPercent,
	}
}

// worthCycle reports whether so many bytes of garbage are at least half of what the last
// cycle found in use, and nobody else sets GOGC.
func (h *heap) worthCycle(size uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	state := h.runtime.state()
	return h.own(state) && size >= state.live/2
}

// reserve notes that c needs room for a scrape with data points of that size, which collect
// then gives. The scrape may be over before that cycle is, and update knows better.
func (h *heap) reserve(c *Collector, size uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rooms[c] = size * roomFactor
}

// collect runs a cycle, and then gives the heap the room that is needed. It reports whether
// GOGC is other than by default for that.
func (h *heap) collect() bool {
	h.runtime.collect()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.base = h.runtime.state().live
	set := h.adjust()
	if !h.watched {
		h.watched = true
		h.runtime.afterNextCycle(h.afterCycle)
	}
	return set
}

// release takes back the room of c.
func (h *heap) release(c *Collector) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.rooms, c)
	h.adjust()
}

// update adjusts GOGC to the last cycle, if afterCycle was not called yet, and to the size of
// the data points that a scrape of c has made: another one may have been expected.
func (h *heap) update(c *Collector, size uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, has := h.rooms[c]; has {
		h.rooms[c] = size * roomFactor
	}
	h.adjust()
}

// afterCycle is called after each cycle, as long as GOGC is not Go's default.
func (h *heap) afterCycle() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.adjust()
	h.watched = h.percent != defaultPercent || len(h.rooms) > 0
	if h.watched {
		h.runtime.afterNextCycle(h.afterCycle)
	}
}

// adjust sets GOGC such that the heap may grow to its size, and reports whether that is other
// than Go's default. It needs mu.
func (h *heap) adjust() bool {
	state := h.runtime.state()
	if !h.own(state) {
		return false
	}
	if percent := state.percentFor(h.goal()); percent != h.percent {
		if found := h.runtime.setPercent(percent); found != h.percent {
			h.runtime.setPercent(found) // it was set by somebody else a moment ago
			return false
		}
		h.percent = percent
	}
	return h.percent != defaultPercent
}

// own reports whether GOGC is as it should be found.
func (h *heap) own(state gcState) bool {
	return !h.environment && state.percent == uint64(h.percent) //nolint:gosec // it is not negative
}

// goal is to how many bytes the heap may grow, at least; 0: to what Go's default allows.
func (h *heap) goal() uint64 {
	var most uint64
	for _, room := range h.rooms {
		most = max(most, room)
	}
	if most == 0 {
		return 0
	}
	return h.base + most
}

// gcState is what Go's runtime says of the heap.
type gcState struct {
	live    uint64 // bytes that the last cycle found in use
	roots   uint64 // bytes of stacks and globals that it looked through
	percent uint64 // GOGC; the largest number: off
}

// percentFor returns the GOGC by which the heap may grow to that many bytes, and at least
// Go's default.
func (s gcState) percentFor(goal uint64) int {
	if goal <= s.live {
		return defaultPercent
	}
	percent := float64(goal-s.live) / float64(s.live+s.roots) * 100
	return int(min(max(percent, defaultPercent), math.MaxInt32))
}
