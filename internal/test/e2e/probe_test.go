// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The probe writes to every broker, reads that back, and shows it on the page beside the
// lag of the same cluster.
func TestE2EProbes(t *testing.T) {
	const topic = "otelcol-kafkalag-probe"
	kafka := startKafka(t)
	kafka.CreateTopic(t, topic, 3, 1, nil)
	for broker := range int32(3) {
		kafka.MoveLeader(t, topic, broker, broker)
	}
	c := start(t, brokersEnv(kafka.Brokers()...), shipped("default.yaml"), shipped("probe/default.yaml"))
	every := map[string]float64{"0": 1, "1": 1, "2": 1}
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, every, found.values(now, "kafka_probe_available", "broker"))
		messages := found.values(now, "kafka_probe_messages_total", "broker", "outcome")
		assert.Len(now, messages, 3*4)
		for key, n := range messages {
			if !strings.HasSuffix(key, "late") { // which a slow machine is
				assert.Equal(now, strings.HasSuffix(key, "received"), n > 0, "%s %v", key, n)
			}
		}
		for _, name := range []string{"kafka_probe_produce_duration_seconds", "kafka_probe_roundtrip_duration_seconds"} {
			for _, series := range found[name].GetMetric() {
				assert.Positive(now, series.GetHistogram().GetSampleCount(), name)
				assert.Len(now, series.GetHistogram().GetBucket(), 14, name)
			}
			assert.Len(now, found[name].GetMetric(), 3, name)
		}
		assert.Equal(now, found.values(now, "kafka_brokers", "kafka_cluster_id"), found.sums("kafka_probe_available", "kafka_cluster_id"))
		assert.Equal(now, billingLag, found.values(now, "kafka_consumer_group_lag", lagLabels...))
	})
}
