// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// twoGroups is a small group of one partition and a large one of three.
func twoGroups() *lag.Report {
	return &lag.Report{Groups: []lag.Group{
		{Name: "large", Topics: []lag.Topic{{Partitions: make([]lag.Partition, 3)}}},
		{Name: "small", Topics: []lag.Topic{{Partitions: make([]lag.Partition, 1)}}},
	}}
}

func TestPartitionLimiter(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Config)
		want   int
	}{
		"off":                     {func(*Config) {}, 0},
		"within":                  {func(c *Config) { c.MaxGroupPartitions = 4 }, 0},
		"two points a partition":  {func(c *Config) { c.MaxGroupPartitions = 3 }, 6},
		"one point a partition":   {func(c *Config) { c.MaxGroupPartitions, c.Metrics.KafkaConsumerGroupLag.Enabled = 3, false }, 3},
		"no points of partitions": {func(c *Config) { c.MaxGroupPartitions = 3; noGroupPartitions(c) }, 0},
		"time lags too": {func(c *Config) {
			c.MaxGroupPartitions, c.Metrics.KafkaConsumerGroupTimeLag.Enabled = 3, true
		}, 9},
		"nothing but the status": {func(c *Config) {
			c.MaxGroupPartitions, c.Metrics.KafkaConsumerGroupPartitionStatus.Enabled = 3, true
			noGroupPartitions(c)
		}, 3},
		"the small one goes, last": {func(c *Config) { c.MaxGroupPartitions = 1 }, 6},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := newConfig()
			tt.change(cfg)
			assert.Equal(t, tt.want, newPartitionLimiter(cfg, zap.NewNop()).apply(time.Unix(0, 0), twoGroups(), nil))
		})
	}
}

// Partitions of groups without metrics of partitions take no room, and lose nothing.
func TestPartitionLimiterOfOneKind(t *testing.T) {
	for name, tt := range map[string]struct {
		off             func(*Config)
		left, shareLeft int
	}{
		"consumer groups without": {noGroupPartitions, 3, 2},
		"share groups without":    {func(c *Config) { c.Metrics.KafkaShareGroupLag.Enabled = false }, 3, 2},
	} {
		t.Run(name, func(t *testing.T) {
			core, logs := observer.New(zap.InfoLevel)
			cfg := newConfig()
			cfg.MaxGroupPartitions = 4
			tt.off(cfg)
			report := twoGroups()
			report.Share = []lag.Group{{Name: "shared", Share: true, Topics: []lag.Topic{{Partitions: make([]lag.Partition, 2)}}}}
			assert.Zero(t, newPartitionLimiter(cfg, zap.New(core)).apply(time.Unix(0, 0), report, nil))
			assert.Len(t, report.Groups[0].Topics[0].Partitions, tt.left)
			assert.Len(t, report.Share[0].Topics[0].Partitions, tt.shareLeft)
			assert.Zero(t, logs.Len())
		})
	}
}

// Owners are points of partitions, too: of a group with more of them than commits, and
// of one without commits.
func TestPartitionLimiterOfOwners(t *testing.T) {
	for name, tt := range map[string]struct {
		limit, leftOut int
		left           []string
	}{
		"no limit":        {0, 0, []string{"large", "new", "small"}},
		"within":          {7, 0, []string{"large", "new", "small"}},
		"the largest":     {6, 2*3 + 3, []string{"new", "small"}},
		"the new one too": {2, 2*3 + 3 + 2, []string{"small"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := newConfig()
			cfg.MaxGroupPartitions = tt.limit
			cfg.Metrics.KafkaConsumerGroupPartitionOwner.Enabled = true
			groups := map[string]*cluster.Group{"large": ownersOf(3), "new": ownersOf(2), "small": ownersOf(2), "idle": {}}
			report := twoGroups()
			assert.Equal(t, tt.leftOut, newPartitionLimiter(cfg, zap.NewNop()).apply(time.Unix(0, 0), report, groups))
			var left []string
			for name, g := range groups {
				if owned(g) > 0 {
					left = append(left, name)
				}
			}
			assert.ElementsMatch(t, tt.left, left)
			assert.Zero(t, report.Groups[0].Owned, "the report is as it was")
		})
	}
}

// ownersOf is a group with so many partitions.
func ownersOf(n int) *cluster.Group {
	return &cluster.Group{Assigned: []cluster.Assignment{{Topic: "orders", Partitions: make([]int32, n), Owners: make([]*cluster.Member, n)}}}
}

func noGroupPartitions(c *Config) {
	c.Metrics.KafkaConsumerGroupLag.Enabled = false
	c.Metrics.KafkaConsumerGroupOffset.Enabled = false
}

// Above the limit the largest group has its sums, and the points that it lost
// are counted.
func TestScrapeAboveTheLimit(t *testing.T) {
	reader := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, reader.Shutdown(context.Background())) })
	cfg := newConfig()
	cfg.MaxGroupPartitions = 10
	s := newTestScraper(metrictest.Settings(reader), cfg, answering(func(context.Context) (*cluster.Snapshot, error) {
		return groupsOf(map[string]int{"large": 12, "small": 2}), nil
	}))
	metrics, err := s.scrape(t.Context())
	require.NoError(t, err)
	got := metrictest.Points(metrics)
	for _, metric := range []string{"kafka.consumer_group.lag", "kafka.consumer_group.offset"} {
		assert.Len(t, got[metric], 2, metric)
		assert.Contains(t, got[metric], "group=small topic=orders partition=1")
	}
	assert.Equal(t, map[string]int64{"group=large topic=orders": 60, "group=small topic=orders": 10}, got["kafka.consumer_group.lag_sum"])
	assert.Equal(t, map[string]int64{"": 24}, metrictest.Own(t, reader, "kafkalag_points_left_out"))
}

// groupsOf has groups that are 5 behind in each of so many partitions.
func groupsOf(partitions map[string]int) *cluster.Snapshot {
	s := oneBroker()
	topic := &cluster.Topic{Name: "orders"}
	for p := range int32(20) {
		topic.Partitions = append(topic.Partitions, cluster.Partition{ID: p, Leader: 1, Start: 0, End: 10})
	}
	s.Topics = map[string]*cluster.Topic{topic.Name: topic}
	s.Groups = map[string]*cluster.Group{}
	for name, n := range partitions {
		commits := cluster.TopicCommits{Topic: topic.Name}
		for p := range int32(n) {
			commits.Partitions = append(commits.Partitions, cluster.Commit{Partition: p, Offset: 5})
		}
		s.Groups[name] = &cluster.Group{Name: name, CommitsKnown: true, Commits: []cluster.TopicCommits{commits}}
	}
	return s
}
