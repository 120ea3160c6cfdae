// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/history"
)

// tries is how many histories a property is held against.
const tries = 20_000

// times are those of scrapes, at whole seconds and uneven.
func times(random *rand.Rand, n int) []time.Duration {
	at := make([]time.Duration, n)
	for i := 1; i < n; i++ {
		at[i] = at[i-1] + time.Duration(1+random.IntN(60))*time.Second
	}
	return at
}

// A history is linear where both sides go on at one rate each. Then the time is
// exact, whenever the scrapes were.
func TestCatchUpOfAnyLinearHistory(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	caughtUp := 0
	for range tries {
		consume, produce := cluster.Offset(random.Int64N(1_000_000)), cluster.Offset(random.Int64N(1_000_000))
		first := cluster.Offset(random.Int64N(1 << 61))
		at := times(random, fewest+random.IntN(30))
		long := cluster.Offset(at[len(at)-1] / time.Second)
		left := 1 + cluster.Offset(random.Int64N(1_000_000_000)) // at the end
		var s []history.Sample
		for _, at := range at {
			past := long - cluster.Offset(at/time.Second)
			s = append(s, history.Sample{At: at, Commit: first - consume*past, Lag: left + (consume-produce)*past})
		}
		if s[0].Lag < 0 { // it was ahead of the end: no such history
			continue
		}
		got := catchUp(s)
		want := float64(left) / float64(consume-produce)
		if consume <= produce || want >= never.Seconds() {
			require.False(t, got.Known, "%v", s)
			continue
		}
		caughtUp++
		require.True(t, got.Known, "%v", s)
		require.InEpsilon(t, want, got.Seconds(), 1e-6, "%v", s)
	}
	assert.Greater(t, caughtUp, tries/10)
}

// Where each offset is off by less than so much, each rate is off by less than nine
// times that in the whole window, and so the gain by eighteen times: three of
// them are those of least squares, the others those of noise that looks like a
// burst.
func TestGainOfAnyBoundedNoise(t *testing.T) {
	const bound = 18
	random := rand.New(rand.NewPCG(3, 4))
	for range tries {
		consume, produce := 1000*random.Float64()*random.Float64(), 1000*random.Float64()*random.Float64()
		noise := 1 + random.IntN(1000)
		n := fewest + random.IntN(20)
		committed := noisy(random, n, consume, noise)
		end := noisy(random, n, produce, noise)
		var s []history.Sample
		for i := range n {
			s = append(s, history.Sample{
				At: time.Duration(i) * interval, Commit: committed[i], Lag: 1_000_000_000 + end[i] - committed[i],
			})
		}
		require.Len(t, sinceReset(s), n)
		long := float64(n-1) * interval.Seconds()
		require.InDelta(t, consume-produce, gain(s), bound*float64(noise+1)/long, "%v", s)
	}
}

// noisy are offsets that grow at a rate, off by noise at most, and never go back.
func noisy(random *rand.Rand, n int, rate float64, noise int) []cluster.Offset {
	offsets := make([]cluster.Offset, n)
	for i := range offsets {
		offsets[i] = cluster.Offset(rate*float64(i)*interval.Seconds()) + cluster.Offset(random.IntN(2*noise+1)-noise)
		if i > 0 {
			offsets[i] = max(offsets[i], offsets[i-1])
		}
	}
	return offsets
}

// One burst, of any size, whenever it comes, does not change the time.
func TestCatchUpAfterOneBurst(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range tries {
		const consume = 100
		at := 1 + random.IntN(window-1)
		burst := cluster.Offset(1 + random.IntN(1_000_000))
		var s []history.Sample
		for i := range window {
			s = append(s, history.Sample{At: time.Duration(i) * interval, Commit: cluster.Offset(consume * i), Lag: 5000 - cluster.Offset(consume*i)})
			if i >= at {
				s[i].Lag += burst
			}
		}
		want := s[window-1].Lag.Or(0)
		require.InEpsilon(t, float64(want)/consume*interval.Seconds(), catchUp(s).Seconds(), 1e-6)
	}
}
