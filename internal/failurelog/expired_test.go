// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import (
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

var at = time.Unix(1_700_000_000, 0)

func TestExpired(t *testing.T) {
	core, lines := observer.New(zapcore.InfoLevel)
	l := NewExpired(zap.New(core))
	now := at
	expire := func(after time.Duration, expired cluster.Offset) []map[string]any {
		now = now.Add(after)
		l.Report(now, expiring(expired))
		var fields []map[string]any
		for _, line := range lines.TakeAll() {
			fields = append(fields, line.ContextMap())
		}
		return fields
	}
	line := func(records, inAll int64) []map[string]any {
		return []map[string]any{{"group": "billing", "topic": "orders", "records": records, "records_in_all": inAll}}
	}
	assert.Empty(t, expire(0, cluster.Unknown))
	assert.Empty(t, expire(0, 100), "when that happened is not known")
	assert.Empty(t, expire(time.Minute, 100))
	assert.Equal(t, line(50, 150), expire(time.Minute, 150))
	assert.Empty(t, expire(time.Minute, 160), "not so soon again")
	assert.Empty(t, expire(time.Minute, cluster.Unknown))
	assert.Empty(t, expire(time.Minute, 170))
	assert.Equal(t, line(20, 170), expire(repeatAfter, 170), "what came meanwhile")
	assert.Empty(t, expire(repeatAfter, 0), "the group goes on")
	assert.Equal(t, line(5, 5), expire(repeatAfter, 5))

	l.Report(now.Add(2*time.Hour), &lag.Report{})
	require.Empty(t, l.known)
}

// Topics come and go; each is followed by itself.
func TestExpiredFollowsTopics(t *testing.T) {
	core, lines := observer.New(zapcore.InfoLevel)
	l := NewExpired(zap.New(core))
	now := at
	logged := func(expired map[string]cluster.Offset) map[string]any {
		now = now.Add(repeatAfter)
		g := lag.Group{Name: "billing"}
		for _, topic := range slices.Sorted(maps.Keys(expired)) {
			g.Topics = append(g.Topics, lag.Topic{Name: topic, Expired: expired[topic], Partitions: []lag.Partition{{Expired: expired[topic]}}})
		}
		l.Report(now, &lag.Report{Groups: []lag.Group{g}})
		got := map[string]any{}
		for _, line := range lines.TakeAll() {
			got[line.ContextMap()["topic"].(string)] = line.ContextMap()["records"]
		}
		return got
	}
	type records = map[string]any
	assert.Empty(t, logged(map[string]cluster.Offset{"m": 1}))
	assert.Equal(t, records{"m": int64(1)}, logged(map[string]cluster.Offset{"a": 5, "m": 2, "z": 7}), "others are new")
	assert.Equal(t, records{"z": int64(1)}, logged(map[string]cluster.Offset{"k": 1, "z": 8}))
	assert.Equal(t, records{"a": int64(1), "k": int64(2), "m": int64(3)}, logged(map[string]cluster.Offset{"a": 6, "k": 3, "m": 5, "z": 8}))
	now = now.Add(expiryKept)
	assert.Empty(t, logged(nil))
	assert.Empty(t, l.known)
	assert.Empty(t, logged(map[string]cluster.Offset{"a": 9}), "is new again")
}

// A group that goes on in one partition does not hide what it loses in another.
func TestExpiredLooksAtEachPartition(t *testing.T) {
	for name, tt := range map[string]struct {
		scrapes [][]cluster.Offset // by partition
		want    []int64            // records of each line
	}{
		"one recovers, another loses":     {[][]cluster.Offset{{100, 0}, {0, 90}}, []int64{90}},
		"both lose":                       {[][]cluster.Offset{{0, 0}, {10, 20}}, []int64{30}},
		"both recover":                    {[][]cluster.Offset{{10, 20}, {5, 0}}, nil},
		"it comes back":                   {[][]cluster.Offset{{10, 0}, {0, 0}, {10, 0}}, []int64{10}},
		"unknown in between":              {[][]cluster.Offset{{10, 5}, {cluster.Unknown, 5}, {12, 5}}, []int64{2}},
		"while another is unknown":        {[][]cluster.Offset{{0, 0}, {5, cluster.Unknown}, {5, 0}}, []int64{5}},
		"unknown at first":                {[][]cluster.Offset{{cluster.Unknown, 0}, {50, 0}, {53, 0}}, []int64{3}},
		"unknown at first, nothing later": {[][]cluster.Offset{{cluster.Unknown, 0}, {0, 0}, {7, 0}}, []int64{7}},
		"more than a number holds":        {[][]cluster.Offset{{0, 0}, {math.MaxInt64, 8}}, []int64{math.MaxInt64}},
		"unknown in all":                  {[][]cluster.Offset{{cluster.Unknown, cluster.Unknown}, {7, 8}, {8, 8}}, []int64{1}},
	} {
		t.Run(name, func(t *testing.T) {
			core, lines := observer.New(zapcore.InfoLevel)
			l := NewExpired(zap.New(core))
			var got []int64
			for i, scrape := range tt.scrapes {
				l.Report(at.Add(time.Duration(i)*repeatAfter), expiring(scrape...))
				for _, line := range lines.TakeAll() {
					got = append(got, line.ContextMap()["records"].(int64))
				}
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

// A partition that stays unknown does not keep the loss of the others unsaid.
func TestExpiredLeavesOutAnUnknownSum(t *testing.T) {
	core, lines := observer.New(zapcore.InfoLevel)
	l := NewExpired(zap.New(core))
	l.Report(at, expiring(0, cluster.Unknown))
	l.Report(at.Add(repeatAfter), expiring(5, cluster.Unknown))
	require.Equal(t, 1, lines.Len())
	assert.Equal(t, map[string]any{"group": "billing", "topic": "orders", "records": int64(5)}, lines.All()[0].ContextMap())
}

// expiring is a report of group billing, which has lost so much in each
// partition of orders.
func expiring(expired ...cluster.Offset) *lag.Report {
	orders := lag.Topic{Name: "orders"}
	for id, gone := range expired {
		orders.Partitions = append(orders.Partitions, lag.Partition{ID: int32(id), Expired: gone})
		if !gone.Known() || !orders.Expired.Known() {
			orders.Expired = cluster.Unknown
			continue
		}
		orders.Expired += gone
	}
	return &lag.Report{Groups: []lag.Group{{Name: "billing", Topics: []lag.Topic{orders, {Name: "users"}}}}}
}
