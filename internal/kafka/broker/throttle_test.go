// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// throttle has a broker throttle in its answers to ListGroups.
func throttle(fake *kafkatest.Fake, millis int32) {
	fake.Rewrite(kmsg.ListGroups, func(_ int32, answer kmsg.Response) {
		answer.(*kmsg.ListGroupsResponse).ThrottleMillis = millis
	})
}

// What fits into the time of a request is waited out.
func TestShortThrottle(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	throttle(fake, 300)
	p, n, tally := startPool(t, fake, nil)
	began := time.Now()
	for range 3 {
		_, err := ask(p, n, groups(), countGroups)
		require.NoError(t, err)
	}
	assert.GreaterOrEqual(t, time.Since(began), 600*time.Millisecond, "between the three")
	assert.Equal(t, 1, fake.Dials(0))
	assert.Empty(t, tally.Failures)
}

// A longer one fails what is asked of that broker until it is over.
func TestLongThrottle(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	throttle(fake, 10_000)
	p, n, tally := startPool(t, fake, nil)
	_, err := ask(p, n, groups(), countGroups)
	require.NoError(t, err, "the answer itself is good")
	fake.ResetRequests()
	began := time.Now()
	for range 3 {
		_, err = ask(p, n, groups(), countGroups)
		f := Failure(n, APIListGroups, err)
		assert.Equal(t, cluster.CodeThrottled, f.Code)
		assert.Equal(t, "a quota of the broker throttles this client: raise request_percentage for its user or client_id", f.Cause)
		assert.False(t, Retriable(n, err))
	}
	assert.Less(t, time.Since(began), time.Second)
	assert.Empty(t, fake.Requests(), "nothing is sent meanwhile")
	assert.Equal(t, map[[2]string]int{{"ListGroups", "THROTTLED"}: 3}, tally.Failures)
	assert.Equal(t, 1, tally.Requests["ListGroups"])
	assert.False(t, n.IsDown(), "it is no broker that fails")

	fake.Honest()
	rest(n, 0)
	_, err = ask(p, n, groups(), countGroups)
	require.NoError(t, err)
	assert.Zero(t, fake.Dials(0), "on the same connection")
}

// rest has a broker rest for so long.
func rest(n *Node, d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.restsUntil = time.Now().Add(d)
}

// However long a broker asks for, it is asked again after a while, on a connection
// that it reads from.
func TestEndlessThrottle(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	throttle(fake, math.MaxInt32)
	p, n, _ := startPool(t, fake, nil)
	_, err := ask(p, n, groups(), countGroups)
	require.NoError(t, err)
	assert.InDelta(t, maxRest, n.rest(), float64(time.Second))
	assert.Empty(t, n.idle)
	fake.Honest()
	rest(n, 0)
	_, err = ask(p, n, groups(), countGroups)
	require.NoError(t, err)
	assert.Equal(t, 2, fake.Dials(0))
}

// A broker may say so before it was asked anything.
func TestThrottleWhileConnecting(t *testing.T) {
	for _, millis := range []int32{10_000, math.MaxInt32} {
		fake := kafkatest.StartFake(t, 1)
		fake.Rewrite(kmsg.ApiVersions, func(_ int32, answer kmsg.Response) {
			answer.(*kmsg.ApiVersionsResponse).ThrottleMillis = millis
		})
		p, n, _ := startPool(t, fake, nil)
		began := time.Now()
		_, err := ask(p, n, groups(), countGroups)
		assert.Equal(t, cluster.CodeThrottled, Failure(n, APIListGroups, err).Code)
		assert.Less(t, time.Since(began), 2*time.Second)
		assert.Zero(t, p.opening.Load(), "nothing waits in the library")
		fake.Honest()
		rest(n, 0)
		_, err = ask(p, n, groups(), countGroups)
		require.NoError(t, err)
	}
}

// Several connections are throttled side by side. The broker reads from the first
// one no sooner for what it says on the second.
func TestShorterThrottleDoesNotEndALongerOne(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	_, n, _ := startPool(t, fake, nil)
	for _, d := range []time.Duration{30 * time.Second, 100 * time.Millisecond} {
		l, err := n.pool.open(t.Context(), n.address)
		require.NoError(t, err)
		n.giveThrottled(l, d)
	}
	assert.InDelta(t, 30*time.Second, n.rest(), float64(time.Second))
}

func TestThrottleEndsWithTheContext(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	_, n, _ := startPool(t, fake, nil)
	rest(n, time.Minute)
	ctx, cancel := context.WithCancelCause(t.Context()) // without a deadline
	time.AfterFunc(50*time.Millisecond, func() { cancel(ErrClosed) })
	_, err := Ask(ctx, n, groups(), countGroups)
	require.ErrorIs(t, err, ErrClosed)
}

// Metadata is asked of those first that do not rest.
func TestCandidatesThatRestComeLater(t *testing.T) {
	fake := kafkatest.StartFake(t, 2)
	cfg := func(cfg *kafkaconfig.Config) { cfg.Brokers = cfg.Brokers[1:] }
	p, n, _ := startPool(t, fake, cfg)
	_, err := ask(p, n, groups(), countGroups)
	require.NoError(t, err)
	p.SetBrokers(map[int32]cluster.Broker{0: {ID: 0, Address: fake.Brokers()[0]}, 1: {ID: 1, Address: fake.Brokers()[1]}})
	first := func() int32 {
		nodes, _ := p.Candidates(nil)
		return nodes[0].ID
	}
	assert.EqualValues(t, 0, first(), "it has a connection")
	rest(n, time.Minute)
	assert.EqualValues(t, 1, first())
}
