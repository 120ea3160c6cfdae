// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Another cluster on the port of the old one is not reported under its alias
// before it has been there for some scrapes, and then without any memory. That one of
// the seeds is dead changes nothing.
func TestE2EAnotherClusterTakesOver(t *testing.T) {
	t.Parallel() // it waits more than it works
	kafkatest.NeedReal(t, kafkatest.DefaultVersion)
	kafka := kafkatest.Start(t, kafkatest.Options{Version: kafkatest.DefaultVersion})
	seed := func(group string, committed int64) {
		kafka.CreateTopic(t, "orders", 1, 1, nil)
		kafka.ProduceEach(t, "orders", 10)
		kafka.Commit(t, group, map[string]map[int32]int64{"orders": {0: committed}})
	}
	seed("old", 4)
	c := start(t, append(brokersEnv(kafka.Brokers()[0], nobody(t)), "KAFKA_CLUSTER_ALIAS=prod"), shipped("default.yaml"))
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, map[string]float64{"old " + kafka.ID() + " prod": 6},
			found.values(now, "kafka_consumer_group_lag", "group", "kafka_cluster_id", "kafka_cluster_alias"))
	})
	before := kafka.ID()
	kafka = kafka.TakeOver(t)
	seed("new", 7)
	c.awaitLog(t, "OTHER_CLUSTER")
	c.awaitLog(t, "The brokers in the configuration belong to another cluster now")
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, map[string]float64{"new " + kafka.ID() + " prod": 3},
			found.values(now, "kafka_consumer_group_lag", "group", "kafka_cluster_id", "kafka_cluster_alias"))
	})
	log := c.log.String()
	assert.Equal(t, 1, strings.Count(log, "OTHER_CLUSTER"), "one line")
	assert.Contains(t, log, before)
	assert.Contains(t, log, kafka.ID())
}

// Seeds of two clusters: one of them is reported, the other is named.
func TestE2ESeedsOfTwoClusters(t *testing.T) {
	t.Parallel() // it waits more than it works
	kafkatest.NeedReal(t, kafkatest.DefaultVersion)
	options := kafkatest.Options{Version: kafkatest.DefaultVersion}
	first, second := kafkatest.Start(t, options), kafkatest.Start(t, options)
	require.NotEqual(t, first.ID(), second.ID())
	c := start(t, brokersEnv(first.Brokers()[0], second.Brokers()[0]), shipped("default.yaml"))
	c.awaitLog(t, "OTHER_CLUSTER")
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, map[string]float64{first.ID(): 1}, found.values(now, "kafka_brokers", "kafka_cluster_id"))
	})
	first.Broker(1).Pause(t)
	for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(tick) {
		assert.NotContains(t, get(t, c.metricsURL), second.ID())
	}
	first.Broker(1).Resume(t)
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, map[string]float64{first.ID(): 1}, found.values(now, "kafka_brokers", "kafka_cluster_id"))
	})
	assert.Equal(t, 1, strings.Count(c.log.String(), "OTHER_CLUSTER"), "one line")
}
