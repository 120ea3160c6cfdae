// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package logins

import "testing"

// One broker serves all: starting it takes longer than most of what is tried on
// it.
func TestIntegrationLogins(t *testing.T) {
	s := startSecured(t)
	setAWS(t)
	for _, part := range []struct {
		name string
		try  func(*testing.T, *secured)
	}{
		{"matrix", matrix},
		{"token servers", tokenServers},
		{"extensions", extensions},
		{"tickets", tickets},
		{"signatures", signatures},
		{"encryption", encryption},
		{"certificates", certificates},
		{"replacement", replacement},
		{"again", again},
	} {
		t.Run(part.name, func(t *testing.T) { part.try(t, s) })
	}
}
