// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

func TestOwnMetricsOfAScrape(t *testing.T) {
	reader := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, reader.Shutdown(context.Background())) })
	set := metrictest.Settings(reader)
	c := answering(func(context.Context) (*cluster.Snapshot, error) {
		s := oneGroup(cluster.Partition{Leader: 1, Start: 0, End: 10}) // committed is 50
		s.Topics["orders"].Partitions = append(s.Topics["orders"].Partitions, cluster.Partition{ID: 1, Leader: 1, End: 4})
		s.Groups["billing"].Commits = append(s.Groups["billing"].Commits,
			cluster.TopicCommits{Topic: "gone", Partitions: []cluster.Commit{{Offset: 1}}})
		s.Groups["denied"] = &cluster.Group{Name: "denied"}
		s.UndecidedGroups, s.LeftOutGroups = 2, 4
		s.FilteredGroups, s.FilteredTopics, s.FilteredPartitions, s.ClaimedTwice = 5, 6, 9, 7
		s.Failures = []cluster.Failure{
			{API: "OffsetFetch", Groups: 1, Err: errors.New("denied")},
			{API: "DescribeGroups", Groups: 1, Err: errors.New("denied")}, // the same one
			{API: "ListOffsets", Partitions: 3, Err: errors.New("moved")},
		}
		return s, nil
	})
	s := newTestScraper(set, newConfig(), c)
	_, err := s.scrape(t.Context())
	require.Error(t, err)
	assert.Equal(t, map[string]int64{"/seen": 2, "/filtered": 5, "/left_out": 4, "/failed": 3}, metrictest.Own(t, reader, "kafkalag_groups"))
	assert.Equal(t, map[string]int64{"/seen": 1, "/filtered": 6}, metrictest.Own(t, reader, "kafkalag_topics"))
	assert.Equal(t, map[string]int64{"/seen": 2, "/filtered": 9, "/failed": 3}, metrictest.Own(t, reader, "kafkalag_partitions"))
	assert.Equal(t, map[string]int64{
		"/committed_beyond_end": 1, "/commit_for_deleted_topic": 1, "/group_claimed_twice": 7, "/partition_without_commit": 1,
		"/name_not_utf8": 0, "/sum_too_large": 0, "/negative_lag": 0,
	}, metrictest.Own(t, reader, "kafkalag_anomalies"))

	c.change(func(context.Context) (*cluster.Snapshot, error) { return nil, errors.New("refused") })
	_, err = s.scrape(t.Context())
	require.Error(t, err)
	assert.Equal(t, map[string]int64{"/seen": 0, "/filtered": 0, "/left_out": 0, "/failed": 0}, metrictest.Own(t, reader, "kafkalag_groups"),
		"a scrape that learned nothing has seen nothing")
}
