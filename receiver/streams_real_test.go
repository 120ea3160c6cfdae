// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// An application of Kafka Streams with standby tasks: two instances, of which one stops.
func TestIntegrationSoakStreamsGroups(t *testing.T) {
	for _, version := range kafkatest.VersionsWithNewGroups() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			kafkatest.NeedStreams(t, version)
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version})
			kafka.CreateTopic(t, "events", 4, 1, nil)
			kafka.ProduceEach(t, "events", 10, 20, 30, 40)
			kafka.WithStandbyTasks(t, "counting", "1")
			cfg := newConfig()
			cfg.Brokers, cfg.InitialDelay = kafka.Brokers(), 0
			cfg.TopicMatch = "^events$"
			cfg.Metrics.KafkaStreamsGroupEpoch.Enabled = true
			cfg.Metrics.KafkaConsumerGroupPartitionOwner.Enabled = true
			cfg.OnlyAssignedPartitions = true

			first := kafka.StartStreams(t, "counting", "one", "events")
			kafka.StartStreams(t, "counting", "two", "events")
			both := requireStreams(t, cfg, 2, map[string]int64{"active": 4, "standby": 4, "warmup": 0}, "one", "two")
			first.Stop(t)
			alone := requireStreams(t, cfg, 1, map[string]int64{"active": 4, "standby": 0, "warmup": 0}, "two")
			epoch := "kafka.streams_group.epoch"
			assert.Greater(t, alone[epoch]["group=counting"], both[epoch]["group=counting"])
		})
	}
}

// requireStreams waits until the group has settled and has read all, and returns the
// points of the scrape that saw it.
func requireStreams(t *testing.T, cfg *Config, members int64, tasks map[string]int64, clients ...string) map[string]map[string]int64 {
	t.Helper()
	of := map[string]int64{"group=counting": members}
	kinds := map[string]int64{}
	for kind, n := range tasks {
		kinds["group=counting kind="+kind] = n
	}
	var got map[string]map[string]int64
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		got = metrictest.Points(scrapeOnce(t, cfg))
		assert.Equal(now, of, got["kafka.streams_group.members"])
		assert.Equal(now, kinds, got["kafka.streams_group.tasks"])
		assert.Equal(now, map[string]int64{"group=counting": 0}, got["kafka.consumer_group.rebalancing"])
		assert.Equal(now, map[string]int64{"group=counting topic=events": 0}, got["kafka.consumer_group.lag_sum"])
		assert.Len(now, got["kafka.consumer_group.lag"], 4, "of partitions that are assigned")
		owners := slices.Sorted(maps.Keys(got["kafka.consumer_group.partition_owner"]))
		assert.Len(now, owners, 4, "one for each partition")
		for _, client := range clients {
			has := func(owner string) bool { return strings.Contains(owner, " client_id="+client+"-") }
			assert.True(now, slices.ContainsFunc(owners, has), "%s has some of %v", client, owners)
		}
	}, 2*time.Minute, 500*time.Millisecond)
	return got
}
