// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// TestScrapesAreHeldAgainstThoseBefore: a group that has read half of a
// partition stands still, while retention catches up with it.
func TestScrapesAreHeldAgainstThoseBefore(t *testing.T) {
	start := cluster.Offset(0)
	c := answering(func(context.Context) (*cluster.Snapshot, error) {
		return oneGroup(cluster.Partition{Leader: 1, Start: start, End: 100}), nil
	})
	cfg := newConfig()
	cfg.Metrics.KafkaConsumerGroupStatus.Enabled = true
	cfg.Metrics.KafkaConsumerGroupPartitionStatus.Enabled = true
	core, lines := observer.New(zapcore.WarnLevel)
	s := newTestScraper(settings(zap.New(core)), cfg, c)
	for i := range 10 {
		if i == 9 {
			start = 60
		}
		metrics, err := s.scrape(t.Context())
		require.NoError(t, err)
		status := "OK"
		if i == 9 {
			status = "STALL"
		}
		got := metrictest.Points(metrics)
		assert.Equal(t, map[string]int64{"group=billing status=" + status: 1}, got["kafka.consumer_group.status"])
		assert.Equal(t, map[string]int64{"group=billing topic=orders partition=0 status=" + status: 1},
			got["kafka.consumer_group.partition_status"])
	}
	require.Equal(t, 1, lines.Len())
	assert.Contains(t, lines.All()[0].Message, "Retention deleted records")
	assert.Equal(t, int64(10), lines.All()[0].ContextMap()["records"])
}

// A group that reads two records a second of a topic that gets one has nine left
// after ten scrapes. After its offset is reset there is no rate.
func TestProgressOfAGroup(t *testing.T) {
	now, committed, end := time.Unix(1_700_000_000, 0), cluster.Offset(80), cluster.Offset(100)
	c := answering(func(context.Context) (*cluster.Snapshot, error) {
		snapshot := oneGroup(cluster.Partition{Leader: 1, Start: 0, End: end})
		snapshot.Groups["billing"].Commits[0].Partitions[0].Offset = committed
		return snapshot, nil
	})
	cfg := newConfig()
	cfg.Metrics.KafkaConsumerGroupConsumeRate.Enabled = true
	cfg.Metrics.KafkaConsumerGroupCommitAge.Enabled = true
	cfg.Metrics.KafkaPartitionProduceRate.Enabled = true
	s := newTestScraper(settings(zap.NewNop()), cfg, c)
	s.now = func() time.Time { return now }
	var got pmetric.Metrics
	scrape := func() {
		var err error
		got, err = s.scrape(t.Context())
		require.NoError(t, err)
	}
	scrape()
	for range 11 {
		now, committed, end = now.Add(time.Second), committed+2, end+1
		scrape()
	}
	groupTopic, partition := "group=billing topic=orders", "topic=orders partition=0"
	assert.Equal(t, map[string]float64{groupTopic: 9}, metrictest.Doubles(got)["kafka.consumer_group.catch_up_time"])
	assert.Equal(t, map[string]float64{groupTopic: 0}, metrictest.Doubles(got)["kafka.consumer_group.commit_age"])
	assert.Equal(t, map[string]float64{groupTopic: 2}, metrictest.Doubles(got)["kafka.consumer_group.consume_rate"])
	assert.Equal(t, map[string]float64{partition: 1}, metrictest.Doubles(got)["kafka.partition.produce_rate"])

	now = now.Add(7 * time.Second)
	scrape()
	assert.Equal(t, map[string]float64{groupTopic: 7}, metrictest.Doubles(got)["kafka.consumer_group.commit_age"])
	assert.Equal(t, map[string]float64{groupTopic: 0}, metrictest.Doubles(got)["kafka.consumer_group.stalled_time"])
	for range 2 {
		now, end = now.Add(time.Second), end+2
		scrape()
	}
	assert.Equal(t, map[string]float64{groupTopic: 1}, metrictest.Doubles(got)["kafka.consumer_group.stalled_time"])
	assert.Contains(t, metrictest.Doubles(got)["kafka.consumer_group.drain_time"], groupTopic)

	now, committed, end = now.Add(time.Second), 10, 50
	scrape()
	for _, name := range []string{"kafka.consumer_group.catch_up_time", "kafka.consumer_group.consume_rate", "kafka.partition.produce_rate"} {
		assert.Empty(t, metrictest.Doubles(got)[name], name)
	}
}

func TestIntegrationAssignments(t *testing.T) {
	kafka := forTimeLag(t)
	kafka.CreateTopic(t, "assigned", 3, 1, nil)
	kafka.Join(t, "classic-members", "assigned")
	kafka.Join(t, "classic-members", "assigned")
	kafka.JoinConsumer(t, "consumer-members", "assigned")
	cfg := newConfig()
	cfg.Brokers, cfg.InitialDelay = kafka.Brokers(), 0
	cfg.TopicMatch, cfg.GroupMatch = "^assigned$", "-members$"
	cfg.Metrics.KafkaConsumerGroupTopicMembers.Enabled = true
	cfg.Metrics.KafkaConsumerGroupAssignedPartitions.Enabled = true
	require.EventuallyWithT(t, func(c *assert.CollectT) { // groups take a moment to settle
		got := metrictest.Points(scrapeOnce(t, cfg))
		assert.Equal(c, map[string]int64{
			"group=classic-members topic=assigned": 2, "group=consumer-members topic=assigned": 1,
		}, got["kafka.consumer_group.topic_members"])
		assert.Equal(c, map[string]int64{
			"group=classic-members topic=assigned": 3, "group=consumer-members topic=assigned": 3,
		}, got["kafka.consumer_group.assigned_partitions"])
	}, 30*time.Second, 500*time.Millisecond)
}
