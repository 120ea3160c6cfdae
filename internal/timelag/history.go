// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

const (
	// maxPoints bounds a history to less than half a kilobyte.
	maxPoints = 56
	// straight is how far off a line, as a part of the time from one point to
	// the next, a point may lie and still be merged into it. Errors of points
	// merged one after the other add up, to less than a third of that time
	// within a history of 120 points.
	straight = 0.01
)

// history is when a partition's end offset was where. The zero history is
// empty. It may be a few hundred thousand times in memory, so its points are
// kept as small distances from a base.
type history struct {
	at     cluster.Timestamp
	end    cluster.Offset
	points []point
}

// point is one observation, in milliseconds and offsets from the base.
type point struct{ at, end uint32 }

// add notes the end offset seen at a time, and forgets what is older than keep.
//   - An end that went back belongs to another log, a clock that went back to
//     another time: either starts the history anew.
//   - Points on a straight line are merged.
//   - A full history loses the point that matters the least.
func (h *history) add(at cluster.Timestamp, end cluster.Offset, keep time.Duration) {
	if !h.continues(at, end) {
		*h = history{at: at, end: end, points: append(h.points[:0], point{})}
		return
	}
	if last := len(h.points) - 1; at == h.at+cluster.Timestamp(h.points[last].at) {
		h.points[last].end = uint32(end - h.end)
		return
	}
	if len(h.points) == maxPoints {
		h.thin()
	}
	if full := len(h.points); full == cap(h.points) { // append alone would double it
		h.points = append(make([]point, 0, min(full+full/2+2, maxPoints)), h.points...)
	}
	h.points = append(h.points, point{at: uint32(at - h.at), end: uint32(end - h.end)})
	if last := len(h.points) - 1; last >= 2 {
		a, b, c := h.points[last-2], h.points[last-1], h.points[last]
		if bend(a, b, c) <= straight*float64(c.at-b.at) {
			h.points = slices.Delete(h.points, last-1, last)
		}
	}
	h.forget(at - cluster.Timestamp(keep.Milliseconds()))
}

// interrupted reports whether the last observation is longer ago than it may be.
// A straight line does not show what happened in between.
func (h *history) interrupted(now, most cluster.Timestamp) bool {
	last := len(h.points) - 1
	return last >= 0 && now-(h.at+cluster.Timestamp(h.points[last].at)) > most
}

// continues reports whether a point can follow the last one.
func (h *history) continues(at cluster.Timestamp, end cluster.Offset) bool {
	if len(h.points) == 0 || at-h.at > math.MaxUint32 || end-h.end > math.MaxUint32 {
		return false
	}
	last := h.points[len(h.points)-1]
	return at >= h.at+cluster.Timestamp(last.at) && end >= h.end+cluster.Offset(last.end)
}

// bend is how many milliseconds b lies off the line from a to c.
func bend(a, b, c point) float64 {
	if a.end == c.end {
		return 0
	}
	on := float64(a.at) + float64(c.at-a.at)*float64(b.end-a.end)/float64(c.end-a.end)
	return math.Abs(on - float64(b.at))
}

// thin removes the point without which its line is off by the least: for its age,
// since estimates may be off by a twentieth of that. The newest are closest
// together and would go first otherwise.
func (h *history) thin() {
	last := h.points[len(h.points)-1].at
	latest := float64(last - h.points[len(h.points)-2].at)
	least, at := math.Inf(1), 1
	for i := 1; i < len(h.points)-1; i++ {
		off := max(latest, float64(last-h.points[i].at)/20)
		if b := bend(h.points[i-1], h.points[i], h.points[i+1]) / off; b < least {
			least, at = b, i
		}
	}
	h.points = slices.Delete(h.points, at, at+1)
}

// forget drops the points before a time, but for the last of them: it is where
// the line to the next one begins.
func (h *history) forget(before cluster.Timestamp) {
	drop := 0
	for drop < len(h.points)-2 && h.at+cluster.Timestamp(h.points[drop+1].at) <= before {
		drop++
	}
	if drop == 0 {
		return
	}
	base := h.points[drop]
	h.at += cluster.Timestamp(base.at)
	h.end += cluster.Offset(base.end)
	h.points = slices.Delete(h.points, 0, drop)
	for i := range h.points {
		h.points[i].at -= base.at
		h.points[i].end -= base.end
	}
}

// arrival estimates when the record at o was appended: when the end went past
// it, on a straight line between two observations. It is not ok where that was
// before the first observation or after the last.
func (h *history) arrival(o cluster.Offset) (at cluster.Timestamp, ok bool) {
	next := sort.Search(len(h.points), func(i int) bool { return h.end+cluster.Offset(h.points[i].end) > o })
	if next == 0 || next == len(h.points) {
		return 0, false
	}
	a, b := h.points[next-1], h.points[next]
	// The record came while the end went from o to o+1.
	passed := float64(o-h.end) + 0.5 - float64(a.end)
	return h.at + cluster.Timestamp(float64(a.at)+float64(b.at-a.at)*passed/float64(b.end-a.end)), true
}
