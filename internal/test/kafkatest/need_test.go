// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// verdict is a test that notes its own end.
type verdict struct {
	testing.TB
	skipped, failed bool
}

func (v *verdict) Helper()               {}
func (v *verdict) Skipf(string, ...any)  { v.skipped = true }
func (v *verdict) Fatalf(string, ...any) { v.failed = true }

func TestNeedRealSkipsUnlessRequired(t *testing.T) {
	t.Setenv("KAFKALAG_CACHE", t.TempDir())
	for _, tt := range []struct {
		require         string
		skipped, failed bool
	}{
		{"", true, false},
		{"e2e", true, false},
		{"integration", false, true},
		{"e2e,integration", false, true},
		{"all", false, true},
	} {
		t.Run(tt.require, func(t *testing.T) {
			t.Setenv("KAFKALAG_REQUIRE", tt.require)
			v := &verdict{TB: t}
			NeedReal(v, "")
			assert.Equal(t, tt.skipped, v.skipped, "skipped")
			assert.Equal(t, tt.failed, v.failed, "failed")
		})
	}
}
