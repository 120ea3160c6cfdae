// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package garbage has the data points of a scrape collected before the next ones are made.
//
// Go's defaults do not suit a process that does little else than scrape. They let the heap
// grow to twice what the last cycle of garbage collection found in use, so a cycle begins
// while data points are made. It marks them all, for nothing, since they seldom
// outlive their scrape by long, and then the heap may grow to twice their size.
//
// Here a cycle begins with the scrape, when the points of the last one are garbage, and the
// heap then has room for all that the scrape allocates: one cycle instead of two, which
// finds less in use. In the first scrape, and in the first after one that failed or of which
// the collector had no part, there are no such points: a cycle comes once it is known how many
// are about to be made.
package garbage

import (
	"sync"

	"go.uber.org/zap"
)

// pointSize is how many bytes a data point allocates, about: see BenchmarkRecord.
const pointSize = 280

// leastGarbage is what is worth a cycle of garbage collection, in bytes.
const leastGarbage = 16 << 20

// Collector has the data points of one receiver collected. One goroutine at a time may use it.
type Collector struct {
	heap    *heap
	points  uint64 // bytes of the data points since the last call of Collect, about
	left    bool   // Left was called since then
	first   bool   // the last call of Collect found that it was not
	running sync.WaitGroup
	log     *zap.Logger
	say     sync.Once // that GOGC is set
}

// New returns a collector for the heap of the process.
func New(log *zap.Logger) *Collector { return &Collector{heap: process, log: log} }

// Left notes that a scrape has made so many data points, which may be none. They are garbage
// by the next one.
func (c *Collector) Left(points int) {
	c.points, c.left = sizeOf(points), true
	c.heap.update(c, c.points)
}

// Collect begins a cycle if the last scrape has left garbage that is worth one, and does not
// wait for its end. It is not worth one where other things take most of the memory: data
// points do not determine the size of the heap then.
func (c *Collector) Collect() {
	c.running.Wait() // one that began a whole scrape ago
	points := c.points
	c.first = !c.left
	c.points, c.left = 0, false
	if !c.worthCycle(points) {
		c.heap.release(c)
		return
	}
	c.heap.reserve(c, points)
	c.running.Go(c.collect)
}

// Expect takes an estimate of how many data points a scrape will make. It is called when Kafka
// has answered, before they are made. In the first scrape, and in the first after one that
// failed or of which this collector had no part, it may run a cycle: that collects what asking
// has left, and makes room for the points. Expect waits for the end of the cycle, or it would
// mark the points as well.
//
// After any other scrape it does nothing. The number of points is known then, and an estimate
// that is too high must not hold up every scrape.
func (c *Collector) Expect(points int) {
	if size := sizeOf(points); c.first && c.worthCycle(size) {
		c.heap.reserve(c, size)
		c.collect()
	}
}

// Shutdown waits for the end of a cycle, and takes back the room.
func (c *Collector) Shutdown() {
	c.running.Wait()
	c.heap.release(c)
}

func (c *Collector) worthCycle(points uint64) bool {
	return points >= leastGarbage && c.heap.worthCycle(points)
}

func (c *Collector) collect() {
	if !c.heap.collect() {
		return
	}
	c.say.Do(func() {
		c.log.Info("Sets GOGC by the size of its scrapes, to save CPU and memory; GOGC in the environment turns this off")
	})
}

// sizeOf is how many bytes so many data points take, about.
func sizeOf(points int) uint64 {
	return uint64(points) * pointSize //nolint:gosec // a number of points is not negative
}
