// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package membership

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// newClient returns a client for the group kafkalag on fake.
func newClient(t *testing.T, fake *kafkatest.Fake) *Client {
	t.Helper()
	cfg := kafkaconfig.NewDefault()
	cfg.Brokers = fake.Brokers()
	c, err := New(cfg, "kafkalag", "", 6*time.Second, zap.NewNop(), nil)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// Where another cluster has taken over the addresses, a member hears of it, and who is none
// any more joins there.
func TestOtherCluster(t *testing.T) {
	fake := kafkatest.StartFake(t, 1, kfake.ClusterID("before"))
	c := newClient(t, fake)
	_, err := c.Inspect(t.Context())
	require.NoError(t, err)
	fake.TakeOver(t, kfake.ClusterID("after"))
	require.Eventually(t, func() bool {
		_, err := c.Join(t.Context(), "me", nil)
		return errors.Is(err, coordination.ErrOtherCluster)
	}, 10*time.Second, 10*time.Millisecond)
	_, err = c.Inspect(t.Context())
	require.ErrorIs(t, err, coordination.ErrOtherCluster)
	_, err = c.Inspect(t.Context())
	require.NoError(t, err)
}

// That there is no coordinator counts where most of the brokers say so: one alone may be
// cut off from the cluster.
func TestNoCoordinatorIsTheWordOfMost(t *testing.T) {
	for none, counts := range map[int32]bool{1: false, 2: true, 3: true} {
		fake := kafkatest.StartFake(t, 3)
		for id := range int32(3) {
			code := kerr.UnknownServerError
			if id < none {
				code = kerr.CoordinatorNotAvailable
			}
			fake.Fail(kmsg.FindCoordinator, id, code, -1)
		}
		_, err := newClient(t, fake).Inspect(t.Context())
		require.Error(t, err)
		if counts {
			assert.ErrorIs(t, err, coordination.ErrNoCoordinator, none)
		} else {
			assert.NotErrorIs(t, err, coordination.ErrNoCoordinator, none)
		}
	}
}
