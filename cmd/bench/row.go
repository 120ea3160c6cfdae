// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// row is a line of a table: what one scrape takes.
type row struct {
	name     string
	busy     bool          // with the search for time lag at work
	rounds   []round       // in the order of the turns
	cpu      time.Duration // the mean, of the whole process
	peak     int64         // bytes, since its start
	requests float64
	searches float64 // requests of the search for time lag
	lookups  float64 // what it looked up
	bytes    int64   // received
	points   int
	lost     int   // points that did not arrive, of all
	objects  int64 // allocated, where the process reports it
	heap     int64 // their bytes
	floor    *row  // measured in turns with it; nil: none was
	early    bool  // some scrapes came before their turn
}

// round is what one scrape took: the time, and the CPU that the process used
// from the scrape before to this.
type round struct{ wall, cpu time.Duration }

func wallOf(r round) time.Duration     { return r.wall }
func cpuOfRound(r round) time.Duration { return r.cpu }

// rowOf takes samples, the first of which is the start of the others.
func rowOf(name string, samples []sample) row {
	n := len(samples) - 1
	first, last := samples[0].Totals, samples[n].Totals
	r := row{
		name:     name,
		cpu:      (last.CPU - first.CPU) / time.Duration(n),
		requests: float64(last.Requests-first.Requests) / float64(n),
		searches: float64(last.Searches-first.Searches) / float64(n),
		lookups:  float64(last.Lookups-first.Lookups) / float64(n),
		bytes:    (last.Received - first.Received) / int64(n),
		points:   (last.Points - first.Points) / n,
		objects:  (last.Objects - first.Objects) / int64(n),
		heap:     (last.Heap - first.Heap) / int64(n),
	}
	for i, s := range samples[1:] {
		r.rounds = append(r.rounds, round{wall: s.Wall, cpu: s.CPU - samples[i].CPU})
	}
	return r
}

func (r row) String() string {
	if r.busy {
		return r.name + ", search busy"
	}
	return r.name
}

// inTurn fails where scrapes came before their turn: the figures are of whatever
// else was measured then, too.
func inTurn(rows []row) error {
	var errs []error
	for _, r := range rows {
		if r.early {
			errs = append(errs, fmt.Errorf("%v: scrapes came before their turn: -every is too short", r))
		}
	}
	return errors.Join(errs...)
}

// alone reports whether the row is of a receiver without a collector.
func (r row) alone() bool { return r.objects > 0 }

// wall is the median time, with the shortest and the longest.
func (r row) wall() (median, least, most time.Duration) {
	walls := make([]time.Duration, 0, len(r.rounds))
	for _, round := range r.rounds {
		walls = append(walls, round.wall)
	}
	slices.Sort(walls)
	return walls[len(walls)/2], walls[0], walls[len(walls)-1]
}

// aboveFloor is the wall time as a multiple of the floor's.
func (r row) aboveFloor() float64 { return r.times(*r.floor, wallOf) }

// times is how many times as much r takes as other: the median of the ratios
// turn by turn, so that it holds although the machine's speed drifts.
func (r row) times(other row, of func(round) time.Duration) float64 {
	var ratios []float64
	for i := range min(len(r.rounds), len(other.rounds)) {
		if base := of(other.rounds[i]); base > 0 {
			ratios = append(ratios, float64(of(r.rounds[i]))/float64(base))
		}
	}
	if len(ratios) == 0 {
		return 0
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

// inAll is how many times as much all rounds of r took as all of other, and what
// part of that it may be off by: two standard errors, by leaving out each turn in
// turn (the jackknife). What is done in some rounds only, such as collecting
// garbage, belongs to all of them, and a median would miss it or count it too often.
func (r row) inAll(other row, of func(round) time.Duration) (times, off float64) {
	turns := min(len(r.rounds), len(other.rounds))
	mine, base := sum(r.rounds[:turns], of), sum(other.rounds[:turns], of)
	if turns < 2 || base == 0 {
		return mine / base, math.Inf(1)
	}
	times = mine / base
	variance, n := 0.0, float64(turns)
	for i := range turns {
		without := (mine - float64(of(r.rounds[i]))) / (base - float64(of(other.rounds[i])))
		variance += (without - times) * (without - times) * (n - 1) / n
	}
	return times, 2 * math.Sqrt(variance) / times
}

func sum(rounds []round, of func(round) time.Duration) float64 {
	total := 0.0
	for _, r := range rounds {
		total += float64(of(r))
	}
	return total
}
