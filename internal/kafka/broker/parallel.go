// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import "sync"

// Parallel asks all at once and returns their answers in the same order.
func Parallel[W, T any](whom []W, ask func(W) T) []T {
	answers := make([]T, len(whom))
	var wait sync.WaitGroup
	for i, w := range whom {
		wait.Go(func() { answers[i] = ask(w) })
	}
	wait.Wait()
	return answers
}
