// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The metrics of kafka-lag-exporter are on the page under its names, and no others.
func TestE2EShowsWhatKafkaLagExporterShows(t *testing.T) {
	kafka := startKafka(t)
	kafka.CreateTopic(t, "payments", 1, 1, nil)
	kafka.ProduceEach(t, "payments", 7)
	kafka.Commit(t, "both", map[string]map[int32]int64{"orders": {0: 4}, "payments": {0: 5}})
	c := start(t, append(brokersEnv(kafka.Brokers()...), "KAFKA_CLUSTER_NAME=eu", "KAFKA_GROUP_FILTER=^both$", "KAFKA_TOPIC_FILTER=^(orders|payments)$"),
		shipped("kafka-lag-exporter.yaml"))
	c.eventually(t, func(now *assert.CollectT, found families) {
		ends := found.values(now, "kafka_partition_latest_offset", "cluster_name", "topic", "partition")
		orders := ends["eu orders 0"]
		assert.Greater(now, orders, 4.0)
		assert.InDelta(now, 7, ends["eu payments 0"], 0)
		of := func(name string, labels ...string) map[string]float64 {
			return found.values(now, name, append([]string{"cluster_name", "group"}, labels...)...)
		}
		partition := []string{"topic", "partition"}
		assert.Equal(now, map[string]float64{"eu both orders 0": 4, "eu both payments 0": 5}, of("kafka_consumergroup_group_offset", partition...))
		assert.Equal(now, map[string]float64{"eu both orders 0": orders - 4, "eu both payments 0": 2}, of("kafka_consumergroup_group_lag", partition...))
		assert.Equal(now, map[string]float64{"eu both orders": orders - 4, "eu both payments": 2}, of("kafka_consumergroup_group_topic_sum_lag", "topic"))
		assert.Equal(now, map[string]float64{"eu both": orders - 2}, of("kafka_consumergroup_group_sum_lag"))
		assert.Equal(now, map[string]float64{"eu both": orders - 4}, of("kafka_consumergroup_group_max_lag"))
		seconds := slices.Collect(maps.Values(of("kafka_consumergroup_group_lag_seconds", partition...)))
		if assert.Len(now, seconds, 2) {
			assert.Equal(now, map[string]float64{"eu both": slices.Max(seconds)}, of("kafka_consumergroup_group_max_lag_seconds"))
		}
		starts := found.values(now, "kafka_partition_earliest_offset", "cluster_name", "topic", "partition")
		assert.Len(now, starts, 4)
		assert.Zero(now, starts["eu payments 0"])
	})
	shown := c.scrape(t)
	assert.Len(t, shown, 9)
	for name, family := range shown {
		assert.Equal(t, dto.MetricType_GAUGE, family.GetType(), name)
	}
}

// Every key of kafka-lag-exporter's reference.conf has a place in the guide.
func TestKafkaLagExporterGuideHasEveryKey(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "from-kafka-lag-exporter.md"))
	require.NoError(t, err)
	for key := range strings.FieldsSeq(`reporters.prometheus.port reporters.graphite.host reporters.influxdb.endpoint sinks poll-interval
		lookup-table-size lookup-table.memory.size lookup-table.redis client-group-id kafka-client-timeout kafka-retries clusters
		clusters.name clusters.bootstrap-brokers clusters.group-whitelist clusters.group-blacklist clusters.topic-whitelist
		clusters.topic-blacklist clusters.consumer-properties clusters.admin-client-properties clusters.labels watchers.strimzi
		metric-whitelist`) {
		assert.Contains(t, string(text), "`"+key+"`", key)
	}
}
