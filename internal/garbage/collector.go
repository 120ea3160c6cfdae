// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package garbage has the data points of a scrape collected before the next ones are made.
//
// Go's defaults suit a process badly that does little else than to scrape. They let the
// heap grow to twice what the last cycle of garbage collection found in use, so a cycle
// begins while data points are made. It marks them all, for nothing, since none outlives
// its scrape by long, and then the heap may grow to twice their size.
//
// Here a cycle begins with the scrape, when the points of the last one are garbage, and the
// heap then has room for all that the scrape allocates. That is one cycle for each scrape
// instead of two: a third less CPU, and less memory.
package garbage

import "sync"

// pointSize is how many bytes a data point allocates, about: see BenchmarkRecord.
const pointSize = 280

// leastGarbage is what is worth a cycle of garbage collection, in bytes.
const leastGarbage = 16 << 20

// Collector has the data points of one receiver collected. One goroutine at a time may use it.
type Collector struct {
	heap    *heap
	points  uint64 // bytes of the last scrape's data points, about
	fresh   bool   // no cycle was begun for them
	running sync.WaitGroup
}

// New returns a collector for the heap of the process.
func New() *Collector { return &Collector{heap: process} }

// Left notes that a scrape has made so many data points. They are garbage by the next one.
func (c *Collector) Left(points int) {
	c.points, c.fresh = uint64(points)*pointSize, true //nolint:gosec // a number of points is not negative
}

// Collect begins a cycle if the last scrape has left garbage that is worth one, and does not
// wait for its end. It is not worth one where other things take most of the memory: scrapes
// then do not determine the size of the heap.
func (c *Collector) Collect() {
	if !c.fresh {
		return
	}
	c.fresh = false
	if c.points < leastGarbage || !c.heap.mostly(c.points) {
		c.heap.release(c)
		return
	}
	c.heap.reserve(c, c.points)
	c.running.Go(c.heap.runtime.collect)
}

// Shutdown waits for the end of a cycle, and leaves the heap to Go's defaults.
func (c *Collector) Shutdown() {
	c.running.Wait()
	c.heap.release(c)
}
