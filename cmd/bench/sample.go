// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime/metrics"
	"syscall"
	"time"
)

// sample is what one scrape, or one round of the floor, took.
type sample struct {
	Began time.Time
	Wall  time.Duration
	// Totals are counted from the start of the process.
	Totals
}

// Totals is what a process used and did so far.
type Totals struct {
	CPU                      time.Duration
	Requests, Sent, Received int64
	Searches, Lookups        int64  // requests of the search for time lag, and what they looked up
	Scraped, Points          int    // data points: what the receiver had to hand on, and what arrived
	Objects, Heap            int64  // allocated, where the process measures itself: their number and bytes
	Digest                   uint64 // of the points of one scrape, once it was asked for
}

// own is what this process has used and allocated.
func own() Totals {
	allocated := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(allocated)
	return Totals{
		CPU:     ownCPU(),
		Objects: int64(allocated[0].Value.Uint64()),
		Heap:    int64(allocated[1].Value.Uint64()),
	}
}

// ownCPU is the CPU time that this process has used.
func ownCPU() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage) // fails on bad arguments only
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
