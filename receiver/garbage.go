// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"runtime"
	"runtime/metrics"
	"sync"
)

// pointSize is how many bytes a data point allocates, about: see BenchmarkRecord.
const pointSize = 280

// leastGarbage is what is worth a cycle of garbage collection.
const leastGarbage = 16 << 20

// defaultGOGC is GOGC where nobody sets it.
const defaultGOGC = 100

// garbage has the data points of the last scrape collected while those of the next are
// being computed.
//
// Go lets the heap grow to twice what the last cycle found in use. Left to itself, a cycle
// begins while data points are made, and finds most of them: the heap then has room for
// those of the next scrape beside the dead ones of this one. One more cycle between the
// two takes a third off the peak, for a tenth of a scrape's CPU.
//
// There is no such cycle where other things take most of the memory, since scrapes then do
// not determine the size of the heap, nor where GOGC is set to save CPU at the cost of memory.
type garbage struct {
	points  int // of the last scrape, until they are collected
	state   func() gcState
	gc      func()
	running sync.WaitGroup
}

// gcState is what Go's runtime says of the heap.
type gcState struct {
	objects uint64 // their bytes, with those of dead ones that are not collected yet
	percent uint64 // GOGC
}

func newGarbage() *garbage { return &garbage{state: readGCState, gc: runtime.GC} }

// left notes how many data points a scrape has made.
func (g *garbage) left(points int) { g.points = points }

// collect begins a cycle, where it is worth one, and does not wait for its end.
func (g *garbage) collect() {
	size := uint64(g.points) * pointSize //nolint:gosec // a number of points is not negative
	g.points = 0
	if size < leastGarbage {
		return
	}
	if state := g.state(); size >= state.objects/3 && state.percent <= defaultGOGC {
		g.running.Go(g.gc)
	}
}

// wait waits for the end of what has begun.
func (g *garbage) wait() { g.running.Wait() }

func readGCState() gcState {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/gogc:percent"}}
	metrics.Read(samples)
	return gcState{objects: samples[0].Value.Uint64(), percent: samples[1].Value.Uint64()}
}
