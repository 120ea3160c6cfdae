// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package pending

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func after(d time.Duration) func() string {
	return func() string {
		time.Sleep(d)
		return d.String()
	}
}

func TestCallInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Call[string]
		assert.False(t, c.Running())
		c.Start(after(time.Second))
		assert.True(t, c.Running())
		result, ended := c.Wait(t.Context())
		assert.True(t, ended)
		assert.Equal(t, "1s", result)
		assert.False(t, c.Running())
	})
}

func TestCallThatOutlastsItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Call[string]
		_, ended := c.Poll()
		assert.False(t, ended, "none runs")

		c.Start(after(time.Hour))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, ended = c.Wait(ctx)
		assert.False(t, ended)
		_, ended = c.Poll()
		assert.False(t, ended)
		assert.True(t, c.Running())

		time.Sleep(time.Hour)
		result, ended := c.Poll()
		assert.True(t, ended)
		assert.Equal(t, "1h0m0s", result)
		assert.False(t, c.Running())

		c.Start(after(time.Minute))
		result, _ = c.Wait(t.Context())
		assert.Equal(t, "1m0s", result, "another")
	})
}
