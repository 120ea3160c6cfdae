// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The second chance is kept by those who did not need it.
func TestResetForRetry(t *testing.T) {
	n := &Node{}
	n.resetForRetry()
	n.down = errors.New("broken")
	n.resetForRetry()
	require.NoError(t, n.down)
	n.down = errors.New("broken")
	n.resetForRetry()
	require.Error(t, n.down, "there is no third")
}

func TestSkipsAfter(t *testing.T) {
	var got []int
	for failed := 1; failed < 6; failed++ {
		got = append(got, skipsAfter(failed))
	}
	assert.Equal(t, []int{0, 1, 3, 3, 3}, got)
	assert.Equal(t, maxSkipped, skipsAfter(1_000_000))
}
