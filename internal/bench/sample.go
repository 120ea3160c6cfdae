// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"syscall"
	"time"
)

// sample is what one scrape, or one round of the floor, took.
type sample struct {
	Wall time.Duration
	// Totals are counted from the start of the process.
	Totals
}

// Totals is what a process used and did so far.
type Totals struct {
	CPU                      time.Duration
	Requests, Sent, Received int64
	Points                   int
}

// ownCPU is the CPU time that this process has used.
func ownCPU() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage) // fails on bad arguments only
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
