// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package garbage

import (
	"testing"

	"go.uber.org/goleak"
	"go.uber.org/zap"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const mib = 1 << 20

// fakeRuntime is a runtime whose cycles find what the test says.
type fakeRuntime struct {
	gcState
	environment bool
	cycles      int
	after       func()
	beforeSet   func() // what somebody else does before GOGC is set
	during      func() // what happens while a cycle runs
}

func (f *fakeRuntime) fromEnvironment() bool    { return f.environment }
func (f *fakeRuntime) state() gcState           { return f.gcState }
func (f *fakeRuntime) afterNextCycle(do func()) { f.after = do }

func (f *fakeRuntime) setPercent(percent int) int {
	if before := f.beforeSet; before != nil {
		f.beforeSet = nil
		before()
	}
	found := f.percent
	f.percent = uint64(percent) //nolint:gosec // at least 60
	return int(found)           //nolint:gosec // set by this function, or by a test
}

func (f *fakeRuntime) collect() {
	if f.during != nil {
		f.during()
	}
	f.cycles++
}

// cycle is the end of a cycle that something else brought on, and that finds so much in use.
func (f *fakeRuntime) cycle(live uint64) {
	f.live = live
	if after := f.after; after != nil {
		f.after = nil
		after()
	}
}

// fresh is a runtime before anything is set.
func fresh(live uint64) *fakeRuntime {
	return &fakeRuntime{gcState: gcState{live: live, percent: defaultPercent}}
}

func newCollector(h *heap) *Collector { return &Collector{heap: h, log: zap.NewNop()} }
