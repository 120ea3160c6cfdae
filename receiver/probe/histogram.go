// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"slices"
	"time"
)

// bounds are the upper ends of a histogram's buckets in seconds, but for the last one.
var bounds = []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10}

// histogram counts durations since the start.
type histogram struct {
	buckets [14]uint64 // one for each of bounds, and one above
	count   uint64
	sum     float64
}

func (h *histogram) observe(d time.Duration) {
	seconds := d.Seconds()
	i, _ := slices.BinarySearch(bounds, seconds) // a bucket has its upper end
	h.buckets[i]++
	h.count++
	h.sum += seconds
}
