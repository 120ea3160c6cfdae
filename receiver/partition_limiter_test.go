// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// twoGroups is a small group of one partition and a large one of three.
func twoGroups() *lag.Report {
	return &lag.Report{Groups: []lag.Group{
		{Name: "large", Topics: []lag.Topic{{Partitions: make([]lag.Partition, 3)}}},
		{Name: "small", Topics: []lag.Topic{{Partitions: make([]lag.Partition, 1)}}},
	}}
}

func TestGuard(t *testing.T) {
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
			assert.Equal(t, tt.want, newPartitionLimiter(cfg, zap.NewNop()).apply(at, twoGroups()))
		})
	}
}

func noGroupPartitions(c *Config) {
	c.Metrics.KafkaConsumerGroupLag.Enabled = false
	c.Metrics.KafkaConsumerGroupOffset.Enabled = false
}

func TestGuardNamesTheGroupsOnce(t *testing.T) {
	core, logged := observer.New(zapcore.InfoLevel)
	cfg := newConfig()
	cfg.MaxGroupPartitions = 3
	g := newPartitionLimiter(cfg, zap.New(core))
	g.apply(at, twoGroups())
	g.apply(at.Add(time.Minute), twoGroups())
	require.Equal(t, 1, logged.Len())
	line := logged.All()[0]
	assert.Equal(t, zapcore.WarnLevel, line.Level)
	assert.Equal(t, []any{"large"}, line.ContextMap()["groups"])

	g.apply(at.Add(2*time.Minute), &lag.Report{}) // it may come back
	require.Equal(t, 1, logged.Len())
	g.apply(at.Add(repeatAfter), &lag.Report{})
	g.apply(at.Add(2*repeatAfter), &lag.Report{})
	require.Equal(t, 2, logged.Len())
	assert.Contains(t, logged.All()[1].Message, "again")
}

// A line stays one that can be read.
func TestGuardNamesTheLargestGroups(t *testing.T) {
	core, logged := observer.New(zapcore.WarnLevel)
	cfg := newConfig()
	cfg.MaxGroupPartitions = 1
	report := &lag.Report{}
	var want []any
	for i := range maxNamed + 5 {
		group := lag.Group{Name: fmt.Sprintf("group-%02d", i), Topics: []lag.Topic{{Partitions: make([]lag.Partition, 100-i)}}}
		report.Groups = append(report.Groups, group)
		if i < maxNamed {
			want = append(want, group.Name)
		}
	}
	newPartitionLimiter(cfg, zap.New(core)).apply(at, report)
	require.Equal(t, 1, logged.Len())
	fields := logged.All()[0].ContextMap()
	assert.Equal(t, want, fields["groups"])
	assert.EqualValues(t, 5, fields["groups_not_named"])
}

// Above the limit the largest group has its sums, and the points that it lost
// are counted.
func TestScrapeAboveTheGuard(t *testing.T) {
	reader := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, reader.Shutdown(context.Background())) })
	cfg := newConfig()
	cfg.MaxGroupPartitions = 10
	s := newTestScraper(settingsWith(reader), cfg, answering(func(context.Context) (*cluster.Snapshot, error) {
		return groupsOf(map[string]int{"large": 12, "small": 2}), nil
	}))
	metrics, err := s.scrape(t.Context())
	require.NoError(t, err)
	got := points(metrics)
	for _, metric := range []string{"kafka.consumer_group.lag", "kafka.consumer_group.offset"} {
		assert.Len(t, got[metric], 2, metric)
		assert.Contains(t, got[metric], "group=small topic=orders partition=1")
	}
	assert.Equal(t, map[string]int64{"group=large topic=orders": 60, "group=small topic=orders": 10}, got["kafka.consumer_group.lag_sum"])
	assert.Equal(t, map[string]int64{"": 24}, counts(t, reader, "kafkalag_points_left_out"))
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

// A group-partition costs two data points of six allocations, and a little for
// what it is a part of.
func TestAllocationsOfARecord(t *testing.T) {
	const groups, partitions = 100, 20
	sizes := map[string]int{}
	for i := range groups {
		sizes[fmt.Sprintf("group-%d", i)] = partitions
	}
	snapshot := groupsOf(sizes)
	r := newRecorder(settings(zap.NewNop()), newConfig())
	report := lag.Compute(snapshot)
	r.record(at, snapshot, report) // sizes the buffers
	each := testing.AllocsPerRun(5, func() { r.record(at, snapshot, report) }) / (groups * partitions)
	assert.Less(t, each, 14.0)
}

func TestPartitionLimiterCutsNames(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	g := &partitionLimiter{limit: 1, points: 1, log: zap.New(core)}
	g.apply(time.Unix(0, 0), &lag.Report{Groups: []lag.Group{{Name: strings.Repeat("g", 30_000), Topics: []lag.Topic{
		{Partitions: make([]lag.Partition, 2)},
	}}}})
	require.Equal(t, 1, logs.Len())
	assert.Less(t, len(fmt.Sprint(logs.All()[0].ContextMap())), 1000)
}
