// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// Whose partitions are, as Kafka's own tool says it, and whether they are settled.
func TestIntegrationSoakPartitionOwners(t *testing.T) {
	for _, version := range kafkatest.VersionsWithNewGroups() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version})
			kafka.CreateTopic(t, "orders", 4, 1, nil)
			cfg := ownersConfig(kafka)
			kafka.JoinAs(t, "classic", kafkatest.Identity{ClientID: "billing-a", InstanceID: "host-1"}, "orders")
			kafka.JoinAs(t, "classic", kafkatest.Identity{ClientID: "billing-b", InstanceID: "host-2"}, "orders")
			kafka.JoinConsumerAs(t, "modern", kafkatest.Identity{ClientID: "shipping", InstanceID: "host-3"}, "orders")
			alone := requireOwners(t, kafka, cfg)
			kafka.JoinConsumerAs(t, "modern", kafkatest.Identity{ClientID: "shipping-2", InstanceID: "host-4"}, "orders")
			both := requireOwners(t, kafka, cfg)
			epoch := "kafka.consumer_group.epoch"
			assert.NotContains(t, both[epoch], "group=classic", "it has none")
			assert.Greater(t, both[epoch]["group=modern"], alone[epoch]["group=modern"])

			kafka.BeginRebalance(t, "classic-silent", "orders")
			kafka.BeginConsumerRebalance(t, "modern", "orders")
			assert.Equal(t, map[string]int64{"group=classic": 0, "group=classic-silent": 1, "group=modern": 1},
				metrictest.Points(scrapeOnce(t, cfg))["kafka.consumer_group.rebalancing"])
		})
	}
}

func ownersConfig(kafka *kafkatest.Cluster) *Config {
	cfg := newConfig()
	cfg.Brokers, cfg.InitialDelay = kafka.Brokers(), 0
	cfg.Metrics = metadata.MetricsConfig{}
	cfg.Metrics.KafkaConsumerGroupEpoch.Enabled = true
	cfg.Metrics.KafkaConsumerGroupRebalancing.Enabled = true
	cfg.Metrics.KafkaConsumerGroupPartitionOwner.Enabled = true
	return cfg
}

// requireOwners waits until the groups are settled, and holds the owners against
// Kafka's own tool.
func requireOwners(t *testing.T, kafka *kafkatest.Cluster, cfg *Config) map[string]map[string]int64 {
	t.Helper()
	var got map[string]map[string]int64
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		got = metrictest.Points(scrapeOnce(t, cfg))
		assert.Equal(now, map[string]int64{"group=classic": 0, "group=modern": 0}, got["kafka.consumer_group.rebalancing"])
		want := map[string]int64{}
		for of, owner := range kafka.DescribeOwners(t) {
			want[fmt.Sprintf("group=%s topic=%s partition=%d client_id=%s host=%s instance_id=%s",
				of.Group, of.Topic, of.Partition, owner.ClientID, owner.Host, instances[owner.ClientID])] = 1
		}
		assert.Len(now, want, 8)
		assert.Equal(now, want, got["kafka.consumer_group.partition_owner"])
	}, time.Minute, 500*time.Millisecond)
	return got
}

var instances = map[string]string{"billing-a": "host-1", "billing-b": "host-2", "shipping": "host-3", "shipping-2": "host-4"}
