// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package echo

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The broker's limit is positive, however much or little time is left.
func TestRemaining(t *testing.T) {
	for left, want := range map[time.Duration]int32{-time.Hour: 1, 30 * 24 * time.Hour: math.MaxInt32} {
		ctx, cancel := context.WithTimeout(t.Context(), left)
		assert.Equal(t, want, remaining(ctx), left)
		cancel()
	}
	assert.EqualValues(t, 60_000, remaining(t.Context()))
}
