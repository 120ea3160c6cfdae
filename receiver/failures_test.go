// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
)

func TestLeaderless(t *testing.T) {
	offline := cluster.Partition{Leader: cluster.NoBroker, End: cluster.Unknown}
	remembered := cluster.Partition{Leader: cluster.NoBroker, End: 7, Remembered: true}
	silent := cluster.Partition{Leader: 1, End: cluster.Unknown}
	of := func(partitions ...cluster.Partition) *cluster.Snapshot {
		return &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": {Name: "t", Partitions: partitions}}}
	}
	assert.Empty(t, leaderless(of(remembered, silent), snapshot.Everywhere))
	got := leaderless(of(offline, remembered, offline), snapshot.Everywhere)
	require.Len(t, got, 1)
	assert.Equal(t, 2, got[0].Partitions)
	assert.Equal(t, "NO_LEADER", got[0].Code)

	assert.Empty(t, leaderless(of(offline), snapshot.Nowhere))
	used := of(offline, offline)
	used.Topics["t"].Partitions[1].ID = 1
	used.Groups = map[string]*cluster.Group{"g": {Commits: []cluster.TopicCommits{{
		Topic: "t", Partitions: []cluster.Commit{{Partition: 0, Offset: cluster.None}, {Partition: 1, Offset: 3}},
	}}}}
	got = leaderless(used, snapshot.WhereCommitted)
	require.Len(t, got, 1)
	assert.Equal(t, 1, got[0].Partitions, "only where a group needs it")
}
