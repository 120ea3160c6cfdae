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
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// newClient returns a client for the group kafkalag that starts from the addresses.
func newClient(t *testing.T, addresses ...string) *Client {
	t.Helper()
	cfg := kafkaconfig.NewDefault()
	cfg.Brokers = addresses
	c, err := New(cfg, Group{ID: "kafkalag", Kind: coordination.Lag, SessionTimeout: 6 * time.Second}, zap.NewNop(), nil)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// Where another cluster has taken over the addresses, a member hears of it, and who is none
// any more joins there.
func TestOtherCluster(t *testing.T) {
	fake := kafkatest.StartFake(t, 1, kfake.ClusterID("before"))
	c := newClient(t, fake.Brokers()...)
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

// A group that is too large for a record is refused with an error that says nothing.
func TestAGroupThatIsTooLarge(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	fake.Kfake.ControlKey(int16(kmsg.SyncGroup), func(request kmsg.Request) (kmsg.Response, error, bool) {
		answer := request.ResponseKind().(*kmsg.SyncGroupResponse)
		answer.ErrorCode = kerr.UnknownServerError.Code
		return answer, nil, true
	})
	c := newClient(t, fake.Brokers()...)
	_, err := c.Sync(t.Context(), coordination.Generation{Number: 1, Member: "me"}, nil)
	require.ErrorContains(t, err, "outgrows the brokers' message.max.bytes: kafka server: Unexpected (unknown?) server error")
}

// The coordinator is asked for at brokers that are known to answer before others, which
// may take as long as they are given.
func TestConnectedBrokersAreAskedFirst(t *testing.T) {
	fake := kafkatest.StartFake(t, 3)
	c := newClient(t, fake.Brokers()[2])
	_, err := c.find(t.Context())
	require.ErrorIs(t, err, kafkaerr.ErrNoBrokers)
	require.NoError(t, c.learnBrokers(t.Context()))
	_, err = c.find(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, fake.RequestsTo(2)["FindCoordinator"])
	assert.Equal(t, 1, fake.Requests()["FindCoordinator"])
}

// A broker that fails again and again is left out of every other request.
func TestBrokersThatFail(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	c := newClient(t, fake.Brokers()...)
	fake.AnswerBytes(kmsg.FindCoordinator, nil)
	_, err := c.Inspect(t.Context())
	require.Error(t, err)
	assert.True(t, c.pool.Troubled())
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
		_, err := newClient(t, fake.Brokers()...).Inspect(t.Context())
		require.Error(t, err)
		if counts {
			assert.ErrorIs(t, err, coordination.ErrNoCoordinator, none)
		} else {
			assert.NotErrorIs(t, err, coordination.ErrNoCoordinator, none)
		}
	}
}
