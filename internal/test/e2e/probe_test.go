// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// everyBroker serves.
var everyBroker = map[string]float64{"0": 1, "1": 1, "2": 1}

// startProbed runs a cluster in which each broker leads its partition of the topic.
func startProbed(t *testing.T) *kafkatest.Fake {
	t.Helper()
	const topic = "otelcol-kafkalag-probe"
	kafka := startKafka(t)
	kafka.CreateTopic(t, topic, 3, 1, nil)
	for broker := range int32(3) {
		kafka.MoveLeader(t, topic, broker, broker)
	}
	return kafka
}

// The probe writes to every broker, reads that back, and shows it on the page beside the
// lag of the same cluster.
func TestE2EProbes(t *testing.T) {
	kafka := startProbed(t)
	c := start(t, brokersEnv(kafka.Brokers()...), shipped("default.yaml"), shipped("probe/default.yaml"))
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, everyBroker, found.values(now, "kafka_probe_available", "broker"))
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

// Of two collectors with one group one probes, and the other one takes over when that is
// killed. What else they report is their own.
func TestE2EProbesInTurns(t *testing.T) {
	t.Parallel() // it waits more than it works
	kafka := startProbed(t)
	session := writeFile(t, "session.yaml", "receivers: {kafkaprobe: {sla: 30s, loss_timeout: 30s, coordination: {session_timeout: 10s}}}")
	collectors := make([]*collector, 2)
	for i := range collectors {
		collectors[i] = start(t, append(brokersEnv(kafka.Brokers()...), "KAFKALAG_PROBE_GROUP=kafkalag-probe"),
			shipped("default.yaml"), shipped("probe/default.yaml"), session)
	}
	var owner, spare *collector
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		owner, spare = collectors[0], collectors[1]
		found, other := owner.scrape(now), spare.scrape(now)
		if len(other.values(now, "kafka_probe_available", "broker")) > 0 {
			owner, spare = spare, owner
			found, other = other, found
		}
		assert.Equal(now, everyBroker, found.values(now, "kafka_probe_available", "broker"))
		for name := range other {
			assert.NotContains(now, name, "kafka_probe")
		}
		assert.Contains(now, spare.log.String(), "This collector is one of 2 that")
		assert.Equal(now, strings.Count(spare.log.String(), "This collector probes the cluster"),
			strings.Count(spare.log.String(), "This collector does not probe the cluster any more"))
		assert.Equal(now, billingLag, found.values(now, "kafka_consumer_group_lag", lagLabels...))
		assert.Equal(now, billingLag, other.values(now, "kafka_consumer_group_lag", lagLabels...))
	}, patience, tick)
	owner.exit = -1 // a signal
	owner.process.Kill()
	spare.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, everyBroker, found.values(now, "kafka_probe_available", "broker"))
	})
}
