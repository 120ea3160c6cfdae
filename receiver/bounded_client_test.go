// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
)

// A client that did not answer in time is asked again when it has returned, and not
// before.
func TestBoundedClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := answering(func(context.Context) (*cluster.Snapshot, error) {
			time.Sleep(time.Hour)
			return oneBroker(), nil
		})
		a := newBoundedClient(c, time.Minute)
		defer a.stop()
		ask := func() error {
			_, err := a.snapshot(t.Context(), snapshot.Request{})
			return err
		}
		require.ErrorIs(t, ask(), errTimeout)
		for range 2 {
			require.ErrorIs(t, ask(), errHangs)
		}
		assert.Equal(t, 1, c.timesAsked())

		c.change(whole)
		time.Sleep(time.Hour)
		for range 3 { // each as soon as the one before has its answer
			require.NoError(t, ask())
		}
		assert.Equal(t, 4, c.timesAsked())
	})
}
