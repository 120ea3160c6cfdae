// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package parallel shares the arithmetic of a scrape among the machine's cores.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// maxWorkers bounds how much memory workers keep for themselves, and how many cores a
// scrape takes from what else the process does.
const maxWorkers = 4

// Workers is how many goroutines compute side by side: at least one.
func Workers() int { return min(runtime.GOMAXPROCS(0), maxWorkers) }

// Each calls do for each job from 0 to jobs-1, once, and returns when all calls have.
// worker is from 0 to workers-1: a worker does one job at a time, and the jobs that it
// does are in order.
func Each(workers, jobs int, do func(worker, job int)) {
	var taken atomic.Int64
	work := func(worker int) {
		for job := int(taken.Add(1)) - 1; job < jobs; job = int(taken.Add(1)) - 1 {
			do(worker, job)
		}
	}
	var wait sync.WaitGroup
	for worker := 1; worker < min(workers, jobs); worker++ {
		wait.Go(func() { work(worker) })
	}
	work(0)
	wait.Wait()
}
