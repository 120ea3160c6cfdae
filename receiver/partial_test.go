// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/scraper/scrapererror"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
)

func TestPartialCountsDataPoints(t *testing.T) {
	err := errors.New("refused")
	for name, tt := range map[string]struct {
		failures []cluster.Failure
		missing  int
		want     int
	}{
		"unknown values are counted already": {
			[]cluster.Failure{{API: "ListOffsets", Partitions: 4, Err: err}}, 9, 9,
		},
		"a group that was not answered for is one at least": {
			[]cluster.Failure{{API: "OffsetFetch", Groups: 3, Err: err}}, 0, 3,
		},
		"a question that would have named what is missing": {
			[]cluster.Failure{{API: "ListGroups", Err: err}, {API: "ListGroups", Err: err}}, 0, 2,
		},
		"all of these": {
			[]cluster.Failure{
				{API: "ListOffsets", Partitions: 4, Err: err},
				{API: "OffsetFetch", Groups: 3, Err: err},
				{API: "ListGroups", Err: err},
			}, 9, 13,
		},
		"a failure that costs no enabled metric": {
			[]cluster.Failure{{API: "ListOffsets", Partitions: 4, Err: err}}, 0, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got scrapererror.PartialScrapeError
			require.ErrorAs(t, partial(tt.failures, tt.missing), &got)
			assert.Equal(t, tt.want, got.Failed)
			require.ErrorContains(t, got, tt.failures[0].API+": refused")
		})
	}
}

func TestPartialOfNothingMissing(t *testing.T) {
	require.NoError(t, partial(nil, 0))
	require.ErrorContains(t, partial(nil, 2), "2 data points are not known")
}

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

func TestFailuresOf(t *testing.T) {
	err := errors.New("refused")
	failures := []cluster.Failure{{API: "Metadata", Broker: 1, Err: err}}
	assert.Empty(t, failuresOf(&cluster.Snapshot{}, nil))
	assert.Equal(t, failures, failuresOf(&cluster.Snapshot{Failures: failures}, nil))
	assert.Equal(t, failures, failuresOf(&cluster.Snapshot{Failures: failures}, err))
	assert.Equal(t, []cluster.Failure{{Broker: cluster.NoBroker, Err: err}}, failuresOf(nil, err))
}
