// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/scraper/scrapererror"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// oneGroup is a cluster with one partition and a group that has read half of it.
func oneGroup(p cluster.Partition) *cluster.Snapshot {
	s := oneBroker()
	s.Topics = map[string]*cluster.Topic{"orders": {Name: "orders", Partitions: []cluster.Partition{p}}}
	s.Groups = map[string]*cluster.Group{"billing": {
		Name: "billing", CommitsKnown: true,
		Commits: []cluster.TopicCommits{{Topic: "orders", Partitions: []cluster.Commit{{Partition: 0, Offset: 50}}}},
	}}
	return s
}

func TestLagGoesOnWhileAPartitionHasNoLeader(t *testing.T) {
	led := cluster.Partition{Leader: 1, Start: 0, End: 100}
	c := answering(func(context.Context) (*cluster.Snapshot, error) { return oneGroup(led), nil })
	s := newTestScraper(settings(zap.NewNop()), newConfig(), c)
	_, err := s.scrape(t.Context())
	require.NoError(t, err)

	c.change(func(context.Context) (*cluster.Snapshot, error) {
		return oneGroup(cluster.Partition{Leader: cluster.NoBroker, Start: cluster.Unknown, End: cluster.Unknown}), nil
	})
	metrics, err := s.scrape(t.Context())
	require.NoError(t, err)
	got := metrictest.Values(metrics)
	assert.Equal(t, int64(1), got["kafka.partition.offline"])
	assert.Equal(t, int64(100), got["kafka.partition.current_offset"])
	assert.Equal(t, int64(50), got["kafka.consumer_group.lag"])
	assert.Equal(t, int64(50), got["kafka.consumer_group.lag_sum"])
	assert.NotContains(t, got, "kafka.partition.leader")
}

func TestPartialScrapeKeepsWhatWasLearned(t *testing.T) {
	s := newTestScraper(settings(zap.NewNop()), newConfig(), answering(func(context.Context) (*cluster.Snapshot, error) {
		snapshot := oneGroup(cluster.Partition{Leader: 1, Start: 0, End: cluster.Unknown})
		snapshot.Failures = []cluster.Failure{{API: "ListOffsets", Broker: 1, Partitions: 1, Err: errors.New("EOF")}}
		return snapshot, nil
	}))
	metrics, err := s.scrape(t.Context())

	var partial scrapererror.PartialScrapeError
	require.ErrorAs(t, err, &partial)
	assert.Equal(t, 4, partial.Failed, "the partition's end, the lag, its sum and its maximum")
	got := metrictest.Values(metrics)
	assert.Equal(t, int64(50), got["kafka.consumer_group.offset"])
	assert.Equal(t, int64(0), got["kafka.consumer_group.expired"])
	assert.NotContains(t, got, "kafka.consumer_group.lag")
	assert.NotContains(t, got, "kafka.consumer_group.lag_sum")
}

func TestNothingLearnedIsNoPartialScrape(t *testing.T) {
	s := newTestScraper(settings(zap.NewNop()), newConfig(), answering(func(context.Context) (*cluster.Snapshot, error) {
		err := errors.New("refused")
		return &cluster.Snapshot{Failures: []cluster.Failure{{API: "Metadata", Err: err}}}, err
	}))
	require.NoError(t, s.start(t.Context(), &fakeHost{}))
	metrics, err := s.scrape(t.Context())
	require.ErrorContains(t, err, "refused")
	assert.False(t, scrapererror.IsPartialScrapeError(err))
	assert.Zero(t, metrics.DataPointCount())
}
