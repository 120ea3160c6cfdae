// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package soak tells tests that take minutes whether they are to run in full.
package soak

import (
	"os"
	"testing"
)

// Full reports whether tests run in full, as `make soak` has them.
func Full() bool { return os.Getenv("KAFKALAG_SOAK") == "full" }

// Only skips a test that has no short form.
func Only(t *testing.T) {
	t.Helper()
	if !Full() {
		t.Skip("it takes minutes: part of make soak")
	}
}
