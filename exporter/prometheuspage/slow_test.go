// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// However much is sent at once, a client has to keep the same pace, and to be done in the end.
func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for size, want := range map[int]time.Duration{1: stalled, pace: stalled, sending: 40 * time.Second} {
			assert.Equal(t, want, time.Until(newDeadlineWriter(nil, 0).deadline(size)))
			assert.Equal(t, want, time.Until(newDeadlineWriter(nil, time.Minute).deadline(size)))
			assert.Equal(t, time.Second, time.Until(newDeadlineWriter(nil, time.Second).deadline(size)))
		}
	})
}
