// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Two of the three seed brokers are not there: the third is enough, and the
// environment's commas have become a list.
func TestE2EShowsLag(t *testing.T) {
	kafka := startKafka(t)
	c := start(t, brokersEnv(nobody(t), nobody(t), kafka.Brokers()[0]), shipped("default.yaml"))
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, billingLag, found.values(now, "kafka_consumer_group_lag", lagLabels...))
		assert.Equal(now, billingOffsets, found.values(now, "kafka_consumer_group_offset", lagLabels...))
		assert.Equal(now, map[string]float64{"": 3}, found.values(now, "kafka_brokers"))
	})
	for _, series := range c.scrape(t)["kafka_consumer_group_lag"].GetMetric() {
		var labels []string
		for _, pair := range series.GetLabel() {
			labels = append(labels, pair.GetName())
		}
		assert.Equal(t, []string{"group", "kafka_cluster_id", "partition", "topic"}, labels)
	}
}

// A config of a user's own: other exporters, no extensions.
func TestE2ERunsAnyConfig(t *testing.T) {
	kafka := startKafka(t)
	config := writeFile(t, "own.yaml", `
receivers: {kafkalag: {brokers: ["`+kafka.Brokers()[0]+`"], initial_delay: 0s, group_match: nobody}}
exporters: {debug: {verbosity: detailed}, prometheus_page: {namespace: own}}
service: {pipelines: {metrics: {receivers: [kafkalag], exporters: [debug, prometheus_page]}}}
`)
	c := start(t, nil, config)
	c.awaitLog(t, "Name: kafka.brokers")
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Contains(now, found, "own_kafka_brokers")
	})
	assert.NotContains(t, c.scrape(t), "own_kafka_consumer_group_lag")
}

// The collector outlives Kafka's absence, says so, and needs no restart.
func TestE2EWaitsForKafka(t *testing.T) {
	address := nobody(t)
	c := start(t, brokersEnv(address), shipped("default.yaml"))
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		health := get(now, c.healthURL) // 200: no reason to restart the collector
		assert.Contains(now, health, `"receiver:kafkalag":{"healthy":true,"status":"StatusRecoverableError"`)
	}, patience, 100*time.Millisecond)
	c.awaitLog(t, address) // comes after the status
	assert.NotContains(t, c.scrape(t), "kafka_brokers")

	startKafka(t, kfake.Ports(portOf(t, address), 0, 0))
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, billingLag, found.values(now, "kafka_consumer_group_lag", lagLabels...))
		assert.Contains(now, get(now, c.healthURL), `"receiver:kafkalag":{"healthy":true,"status":"StatusOK"`)
	})
}

// A group that is gone leaves the page with the next scrape, however long the
// expiration is.
func TestE2EForgetsLostSeries(t *testing.T) {
	kafka := startKafka(t)
	kafka.Commit(t, "audit", map[string]map[int32]int64{"orders": {0: 1}})
	c := start(t, append(brokersEnv(kafka.Brokers()...), "KAFKALAG_EXPIRATION=1h"), shipped("default.yaml"))
	groups := func(now require.TestingT, found families) map[string]float64 {
		return found.values(now, "kafka_consumer_group_members", "group")
	}
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, map[string]float64{"audit": 0, "billing": 0}, groups(now, found))
	})

	kafka.DeleteGroup(t, "audit")
	gone := time.Now()
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, map[string]float64{"billing": 0}, groups(now, found))
	})
	const interval = time.Second
	assert.Less(t, time.Since(gone), 3*interval, "a scrape was on its way, the next one shows it")
	assert.Equal(t, billingLag, c.scrape(t).values(t, "kafka_consumer_group_lag", lagLabels...))
}

// What docs/missing-lag.md says of gaps on the page.
func TestE2ELeavesGapsWithAShortExpiration(t *testing.T) {
	kafka := startKafka(t)
	c := start(t, append(brokersEnv(kafka.Brokers()...), "KAFKALAG_INTERVAL=3s", "KAFKALAG_EXPIRATION=1s"), shipped("default.yaml"))
	for _, brokers := range []map[string]float64{{"": 3}, {}, {"": 3}} {
		c.eventually(t, func(now *assert.CollectT, found families) {
			assert.Equal(now, brokers, found.values(now, "kafka_brokers"))
		})
	}
	assert.NotContains(t, c.log.String(), "did not answer")
}

// Two receivers, each for a cluster of its own, behind one endpoint, as
// docs/several-collectors.md has them.
func TestE2EDistinguishesClusters(t *testing.T) {
	first, second := startKafka(t, kfake.ClusterID("first-cluster")), startKafka(t, kfake.ClusterID("second-cluster"))
	second.Commit(t, "billing", map[string]map[int32]int64{"orders": {0: 10, 1: 10, 2: 10}})
	const brokers = "[payments-1:9092, payments-2:9092]"
	var example string
	for _, b := range docs.Read(t, "docs/several-collectors.md").Blocks() {
		if strings.Contains(b.Text, brokers) {
			example = b.Text
		}
	}
	require.NotEmpty(t, example)
	both := writeFile(t, "both.yaml", strings.Replace(example, brokers, second.Brokers()[0], 1))
	c := start(t, brokersEnv(first.Brokers()...), shipped("default.yaml"), both)
	c.awaitScrapes(t, "kafkalag", "kafkalag/payments")
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, map[string]float64{
			"orders first-cluster billing 0": 6, "orders first-cluster billing 1": 0, "orders first-cluster billing 2": 1,
			"payments second-cluster billing 0": 0, "payments second-cluster billing 1": 10, "payments second-cluster billing 2": 20,
		}, found.values(now, "kafka_consumer_group_lag", "kafka_cluster_alias", "kafka_cluster_id", "group", "partition"))
	})
}

// SIGTERM ends the process although a request hangs.
func TestE2EStopsDuringAScrape(t *testing.T) {
	kafka := startKafka(t)
	c := start(t, brokersEnv(kafka.Brokers()...), shipped("default.yaml"))
	c.eventually(t, func(now *assert.CollectT, found families) { assert.Contains(now, found, "kafka_brokers") })
	kafka.Hang(kmsg.Metadata, kafkatest.AnyBroker)
	kafka.ResetRequests()
	require.Eventually(t, func() bool { return kafka.Requests()["Metadata"] > 0 }, patience, 10*time.Millisecond)

	began := time.Now()
	c.stop(t)
	assert.Less(t, time.Since(began), 2*time.Second, "the collector's stop")
}

// nobody is an address where nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(t)))
}

func portOf(t *testing.T, address string) int {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	number, err := strconv.Atoi(port)
	require.NoError(t, err)
	return number
}
