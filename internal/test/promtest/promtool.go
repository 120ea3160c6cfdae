// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package promtest

import (
	"os/exec"
	"testing"
)

// Promtool runs promtool and returns what it printed. It fails the test if
// promtool fails.
func Promtool(t testing.TB, args ...string) string {
	t.Helper()
	Need(t)
	out, err := exec.CommandContext(t.Context(), "promtool", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("promtool %v: %v\n%s", args, err, out)
	}
	return string(out)
}
