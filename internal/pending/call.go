// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package pending runs calls that may outlast whoever waits for them.
package pending

import "context"

// Call runs one function at a time, in a goroutine of its own. Who stops waiting for
// it can ask later whether it has ended. The zero value runs none. One goroutine at a
// time may use it.
type Call[T any] struct {
	result <-chan T // nil where none runs
}

// Start runs f. The call before must have ended.
func (c *Call[T]) Start(f func() T) {
	result := make(chan T, 1)
	c.result = result
	go func() { result <- f() }()
}

// Wait waits for the call's result. It reports false if ctx ends first; then the call
// is still running.
func (c *Call[T]) Wait(ctx context.Context) (result T, ended bool) {
	select {
	case result = <-c.result:
		c.result = nil
		return result, true
	case <-ctx.Done():
		return result, false
	}
}

// Poll returns the result of a call that has ended since it was last asked for. It
// reports false where no call has.
func (c *Call[T]) Poll() (result T, ended bool) {
	select {
	case result = <-c.result:
		c.result = nil
		return result, true
	default: // also where none runs
		return result, false
	}
}

// Running reports whether a call was started and neither Wait nor Poll has seen its
// end.
func (c *Call[T]) Running() bool { return c.result != nil }
