// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"
	"time"
)

// row is a line of a table: what one scrape takes.
type row struct {
	name     string
	busy     bool          // with the search for time lag at work
	wall     time.Duration // the median
	best     time.Duration
	worst    time.Duration
	cpu      time.Duration // the mean, of the whole process
	peak     int64         // bytes, since its start
	requests float64
	searches float64 // requests of the search for time lag
	lookups  float64 // what it looked up
	idle     int     // scrapes from one of which to the next nothing was looked up
	bytes    int64   // received
	points   int
	objects  int64 // allocated, where the process tells
	heap     int64 // their bytes
	floor    *row  // measured in turns with it
}

// rowOf takes samples, the first of which is the start of the others.
func rowOf(name string, samples []sample) row {
	n := len(samples) - 1
	walls := make([]time.Duration, 0, n)
	idle := 0
	for i, s := range samples[1:] {
		walls = append(walls, s.Wall)
		if s.Lookups == samples[i].Lookups {
			idle++
		}
	}
	slices.Sort(walls)
	first, last := samples[0].Totals, samples[n].Totals
	return row{
		name: name, wall: walls[n/2], best: walls[0], worst: walls[n-1],
		cpu:      (last.CPU - first.CPU) / time.Duration(n),
		requests: float64(last.Requests-first.Requests) / float64(n),
		searches: float64(last.Searches-first.Searches) / float64(n),
		lookups:  float64(last.Lookups-first.Lookups) / float64(n),
		idle:     idle,
		bytes:    (last.Received - first.Received) / int64(n),
		points:   (last.Points - first.Points) / n,
		objects:  (last.Objects - first.Objects) / int64(n),
		heap:     (last.Heap - first.Heap) / int64(n),
	}
}

func (r row) String() string {
	if r.busy {
		return r.name + ", search busy"
	}
	return r.name
}

// alone tells a bare receiver, which has a process to itself.
func (r row) alone() bool { return r.objects > 0 }

// aboveFloor is the wall time as a multiple of the floor's.
func (r row) aboveFloor() float64 { return ratio(r.wall, r.floor.wall) }
