// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	patience = 30 * time.Second
	tick     = 20 * time.Millisecond
)

// await returns when holds does so, and fails the test when that takes too long.
func await(t *testing.T, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !holds() {
		require.True(t, time.Now().Before(deadline), "still not so")
		sleep(t.Context(), tick)
	}
}

func start(t *testing.T, retention, beat time.Duration) *kadm.Client {
	t.Helper()
	d, err := startDemo(t.Context(), []int{0, 0, 0}, retention, beat)
	require.NoError(t, err)
	client, err := kgo.NewClient(kgo.SeedBrokers(d.brokers...))
	require.NoError(t, err)
	t.Cleanup(func() {
		client.Close()
		d.stop()
	})
	return kadm.NewClient(client)
}

// groupView is what an outsider sees of a group.
type groupView struct {
	state     string
	partition map[string]map[int32]int64 // committed offsets
	committed int64                      // their sum
	lag       int64                      // sum over the committed partitions
}

func view(t *testing.T, admin *kadm.Client, name string) groupView {
	t.Helper()
	listed, err := admin.ListGroups(t.Context())
	require.NoError(t, err)
	commits, err := admin.FetchOffsets(t.Context(), name)
	if !errors.Is(err, kerr.GroupIDNotFound) { // it has not joined yet
		require.NoError(t, err)
	}
	ends, err := admin.ListEndOffsets(t.Context())
	require.NoError(t, err)

	v := groupView{state: listed[name].State, partition: map[string]map[int32]int64{}}
	commits.Each(func(o kadm.OffsetResponse) {
		end, ok := ends.Lookup(o.Topic, o.Partition)
		require.True(t, ok)
		if v.partition[o.Topic] == nil {
			v.partition[o.Topic] = map[int32]int64{}
		}
		v.partition[o.Topic][o.Partition] = o.At
		v.committed += o.At
		v.lag += end.Offset - o.At
	})
	return v
}

func (v groupView) partitions(t topic) int { return len(v.partition[t.name]) }

// The demo's groups do what their names say, as a client of their cluster sees it.
func TestGroups(t *testing.T) {
	t.Parallel()
	admin := start(t, time.Hour, 10*time.Millisecond)
	awaitGroup := func(t *testing.T, group string, holds func(groupView) bool) (v groupView) {
		t.Helper()
		defer func() { t.Logf("last seen: %+v", v) }()
		await(t, func() bool {
			v = view(t, admin, group)
			return holds(v)
		})
		return v
	}

	t.Run("keeps up", func(t *testing.T) {
		t.Parallel()
		v := awaitGroup(t, "keeps-up", func(v groupView) bool { return v.committed >= 1000 && v.lag <= v.committed/10 })
		assert.Equal(t, "Stable", v.state)
		assert.Equal(t, int(orders.partitions), v.partitions(orders))
		assert.Equal(t, int(payments.partitions), v.partitions(payments))

		described, err := admin.DescribeConsumerGroups(t.Context(), "keeps-up")
		require.NoError(t, err)
		require.NoError(t, described["keeps-up"].Err, "a group of KIP-848")
		assert.Len(t, described["keeps-up"].Members, 1)
	})

	t.Run("falls behind", func(t *testing.T) {
		t.Parallel()
		v := awaitGroup(t, "falls-behind", func(v groupView) bool {
			return v.partitions(clicks) == int(clicks.partitions) && v.lag >= 500
		})
		assert.Equal(t, "Stable", v.state)
		awaitGroup(t, "falls-behind", func(later groupView) bool {
			return later.committed > v.committed && later.lag > 2*v.lag
		})
	})

	t.Run("stopped", func(t *testing.T) {
		t.Parallel()
		v := awaitGroup(t, "stopped", func(v groupView) bool { return v.state == "Empty" })
		assert.Equal(t, int(payments.partitions), v.partitions(payments))
		later := awaitGroup(t, "stopped", func(later groupView) bool { return later.lag >= v.lag+200 })
		assert.Equal(t, v.partition, later.partition, "it commits once")
		assert.Equal(t, "Empty", later.state)
	})

	t.Run("takes breaks", func(t *testing.T) {
		t.Parallel()
		resting := awaitGroup(t, "takes-breaks", func(v groupView) bool { return v.state == "Empty" && v.lag >= 200 })
		assert.Positive(t, resting.committed)
		awaitGroup(t, "takes-breaks", func(v groupView) bool {
			return v.state == "Stable" && v.committed > resting.committed && v.lag < resting.lag
		})
	})

	t.Run("partly committed", func(t *testing.T) {
		t.Parallel()
		v := awaitGroup(t, "partly-committed", func(v groupView) bool { return v.committed >= 1000 })
		assert.Equal(t, "Stable", v.state)
		assert.Equal(t, int(orders.partitions)-1, v.partitions(orders))
		assert.NotContains(t, v.partition[orders.name], int32(0))
	})
}

// What a demo holds stops growing: every partition loses its old records, and
// the group that reads too slowly goes on.
func TestRecordsExpire(t *testing.T) {
	t.Parallel()
	admin := start(t, 100*time.Millisecond, 5*time.Millisecond)

	await(t, func() bool {
		starts, err := admin.ListStartOffsets(t.Context())
		require.NoError(t, err)
		ends, err := admin.ListEndOffsets(t.Context())
		require.NoError(t, err)
		bounded := true
		ends.Each(func(end kadm.ListedOffset) {
			first, ok := starts.Lookup(end.Topic, end.Partition)
			require.True(t, ok)
			bounded = bounded && end.Offset > 100 && end.Offset-first.Offset < end.Offset/2
		})
		return bounded
	})

	behind := view(t, admin, "falls-behind")
	await(t, func() bool {
		return view(t, admin, "falls-behind").committed > behind.committed+1000
	})
}
