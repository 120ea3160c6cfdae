// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package parallel

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEach(t *testing.T) {
	for name, tt := range map[string]struct{ workers, jobs int }{
		"no jobs":                {workers: 4, jobs: 0},
		"one job":                {workers: 4, jobs: 1},
		"one worker":             {workers: 1, jobs: 100},
		"more workers than jobs": {workers: 4, jobs: 3},
		"more jobs than workers": {workers: 4, jobs: 1000},
	} {
		t.Run(name, func(t *testing.T) {
			done := make([]int, tt.jobs)
			byWorker := make([][]int, tt.workers)
			Each(tt.workers, tt.jobs, func(worker, job int) {
				done[job]++
				byWorker[worker] = append(byWorker[worker], job)
			})
			for job, times := range done {
				assert.Equal(t, 1, times, "job %d", job)
			}
			for worker, jobs := range byWorker {
				assert.IsIncreasing(t, append([]int{-2, -1}, jobs...), "worker %d", worker)
			}
		})
	}
}

// All workers work at once: each of their first jobs waits for those of the others.
func TestEachSideBySide(*testing.T) {
	const workers = 4
	var met sync.WaitGroup
	met.Add(workers)
	Each(workers, 2*workers, func(_, job int) {
		if job < workers {
			met.Done()
			met.Wait()
		}
	})
}

func TestWorkers(t *testing.T) {
	assert.Positive(t, Workers())
	assert.LessOrEqual(t, Workers(), maxWorkers)
}
