// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package garbage

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// process is the heap of this process.
var process = newHeap(liveRuntime{})

// goRuntime is what a heap needs of Go's runtime.
type goRuntime interface {
	// fromEnvironment reports whether GOGC is set there.
	fromEnvironment() bool
	state() gcState
	// setPercent sets GOGC, and returns what it was.
	setPercent(percent int) int
	// collect runs a cycle, and returns at its end.
	collect()
	// afterNextCycle calls f in a goroutine, once, after the sweep of a cycle: the next
	// one, unless that has begun.
	afterNextCycle(f func())
}

type liveRuntime struct{}

func (liveRuntime) fromEnvironment() bool { return os.Getenv("GOGC") != "" }

func (liveRuntime) state() gcState {
	samples := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"},
		{Name: "/gc/scan/stack:bytes"},
		{Name: "/gc/scan/globals:bytes"},
		{Name: "/gc/gogc:percent"},
	}
	metrics.Read(samples)
	return gcState{
		live:    samples[0].Value.Uint64(),
		roots:   samples[1].Value.Uint64() + samples[2].Value.Uint64(),
		percent: samples[3].Value.Uint64(),
	}
}

func (liveRuntime) setPercent(percent int) int { return debug.SetGCPercent(percent) }

func (liveRuntime) collect() { runtime.GC() }

func (liveRuntime) afterNextCycle(f func()) {
	// Nobody has the token: the next cycle to begin finds it dead.
	runtime.AddCleanup(new(token), func(f func()) { f() }, f)
}

// token is too large to share its place with another object, by which it would live on.
type token [4]uint64
