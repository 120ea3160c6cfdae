// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"errors"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
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
	for name, tt := range map[string]struct {
		err  error
		want []int
	}{
		"no answer":       {&kafkaerr.RequestError{Err: kafkaerr.ErrNoAnswer}, []int{0, 1, 1, 1, 1}},
		"a refused login": {&kafkaerr.OpenError{Err: &kafkaerr.LoginError{Err: sarama.ErrSASLAuthenticationFailed}}, []int{0, 1, 3, 3, 3}},
		"another cluster": {&kafkaerr.RequestError{Err: &kafkaerr.OtherClusterError{}}, []int{0, 0, 0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []int
			for failed := range tt.want {
				got = append(got, skipsAfter(failed+1, tt.err))
			}
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.want[len(tt.want)-1], skipsAfter(1_000_000, tt.err))
		})
	}
}

// One request that takes too long does not make a broker one that fails, where it
// answers another on a connection that was there.
func TestADoubtedBrokerThatAnswers(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	p, n, _ := startPool(t, fake, func(cfg *kafkaconfig.Config) { cfg.RequestTimeout = 200 * time.Millisecond })
	p.Begin()
	for range 2 {
		l, err := p.open(t.Context(), n.address)
		require.NoError(t, err)
		n.give(l)
	}
	defer fake.Hang(kmsg.ListGroups, 0)()
	_, err := ask(p, n, groups(), countGroups)
	require.ErrorIs(t, err, kafkaerr.ErrNoAnswer)
	require.True(t, n.IsDown())
	p.NextStep()
	_, err = ask(p, n, brokersOnly(), anyBrokers)
	require.NoError(t, err)
	p.End()
	assert.Equal(t, 2, fake.Dials(0), "on the other connection")
	assert.True(t, n.steady())
}
