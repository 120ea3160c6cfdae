// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package garbage

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const mib = 1 << 20

// fakeRuntime is a runtime whose cycles find what the test says.
type fakeRuntime struct {
	gcState
	environment bool
	cycles      int
	after       func()
}

func (f *fakeRuntime) fromEnvironment() bool    { return f.environment }
func (f *fakeRuntime) state() gcState           { return f.gcState }
func (f *fakeRuntime) setPercent(percent int)   { f.percent = uint64(percent) } //nolint:gosec // at least 100
func (f *fakeRuntime) collect()                 { f.cycles++ }
func (f *fakeRuntime) afterNextCycle(do func()) { f.after = do }

// cycle is the end of one that finds so much in use.
func (f *fakeRuntime) cycle(live uint64) {
	f.live = live
	if after := f.after; after != nil {
		f.after = nil
		after()
	}
}

// fresh is a runtime before anything is set.
func fresh(objects, live uint64) *fakeRuntime {
	return &fakeRuntime{gcState: gcState{objects: objects, live: live, percent: defaultPercent}}
}
