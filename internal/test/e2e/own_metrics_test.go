// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// selfEventually waits until the collector's own telemetry is as the function asserts.
func (c *collector) selfEventually(t *testing.T, holds func(now *assert.CollectT, found families)) {
	t.Helper()
	require.EventuallyWithT(t, func(now *assert.CollectT) { holds(now, c.self(now)) }, patience, tick)
}

// awaitScrapes waits until each of these receivers has scraped more often than
// they do where KAFKALAG_INTERVAL does not reach them.
func (c *collector) awaitScrapes(t *testing.T, receivers ...string) {
	t.Helper()
	const scrapes = 4 // 30s apart they would take longer than patience
	c.selfEventually(t, func(now *assert.CollectT, found families) {
		asked := found.values(now, "otelcol_kafkalag_requests", "receiver", "purpose", "api")
		for _, receiver := range receivers {
			assert.GreaterOrEqual(now, asked[receiver+" scrape Metadata"], float64(scrapes), receiver)
		}
	})
}

func TestE2EReportsOnItself(t *testing.T) {
	kafka := startKafka(t)
	kafka.CreateTopic(t, "gone", 1, 1, nil)
	kafka.Commit(t, "odd", map[string]map[int32]int64{"orders": {0: 11}, "gone": {0: 0}})
	kafka.CreateTopic(t, "_internal", 1, 1, nil)
	kafka.MoveLeader(t, "orders", 0, 0) // each broker has something to fail at
	kafka.ResetRequests()
	c := start(t, brokersEnv(kafka.Brokers()...), shipped("default.yaml"))

	// What it asked is what the brokers were asked.
	c.selfEventually(t, func(now *assert.CollectT, found families) {
		asked := found.sums("otelcol_kafkalag_requests", "api")
		assert.Equal(now, asked, found.sums("otelcol_kafkalag_request_duration", "api"))
		assert.Equal(now, []string{"scrape", "search"}, slices.Sorted(maps.Keys(found.sums("otelcol_kafkalag_requests", "purpose"))))
		arrived := map[string]float64{}
		for api, n := range kafka.Requests() {
			arrived[api] = float64(n)
		}
		delete(arrived, "ApiVersions") // part of connecting
		assert.Equal(now, arrived, asked)
		assert.Contains(now, asked, "ListOffsets")
		// How many are asked in parallel is a matter of timing; none is lost.
		opened := found.values(now, "otelcol_kafkalag_connections_opened")[""]
		assert.GreaterOrEqual(now, opened, 3.0)
		assert.Equal(now, map[string]float64{"kafkalag": opened}, found.values(now, "otelcol_kafkalag_connections", "receiver"))
		for direction, bytes := range found.values(now, "otelcol_kafkalag_io", "direction") {
			assert.Greater(now, bytes, 1000.0, direction)
		}
		assert.Equal(now, map[string]float64{"seen": 2, "failed": 0, "filtered": 0, "left_out": 0}, found.values(now, "otelcol_kafkalag_groups", "outcome"))
		assert.Equal(now, map[string]float64{"seen": 2, "filtered": 1}, found.values(now, "otelcol_kafkalag_topics", "outcome"))
		assert.Equal(now, map[string]float64{"seen": 4, "failed": 0, "filtered": 1}, found.values(now, "otelcol_kafkalag_partitions", "outcome"))
		assert.Equal(now, map[string]float64{
			"committed_beyond_end": 1, "commit_for_deleted_topic": 0, "group_claimed_twice": 0, "partition_without_commit": 2,
			"name_not_utf8": 0, "negative_lag": 0, "sum_too_large": 0,
		}, found.values(now, "otelcol_kafkalag_anomalies", "kind"))
	})
	assert.NotContains(t, c.self(t), "otelcol_kafkalag_request_errors")

	// One leader has moved: counted, although the second try succeeds.
	kafka.Fail(kmsg.ListOffsets, 0, kerr.NotLeaderForPartition, 1)
	c.selfEventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, map[string]float64{"ListOffsets NOT_LEADER_OR_FOLLOWER": 1},
			found.sums("otelcol_kafkalag_request_errors", "api", "error_code"))
		assert.Equal(now, map[string]float64{"seen": 4, "failed": 0, "filtered": 1}, found.values(now, "otelcol_kafkalag_partitions", "outcome"))
	})

	// What stays denied is missing, and what is odd is reported.
	kafka.Fail(kmsg.OffsetFetch, kafka.Kfake.CoordinatorFor("billing"), kerr.GroupAuthorizationFailed, -1)
	kafka.ListGroupAt((kafka.Kfake.CoordinatorFor("odd")+1)%3, "odd")
	c.selfEventually(t, func(now *assert.CollectT, found families) {
		errors := found.sums("otelcol_kafkalag_request_errors", "api", "error_code")
		assert.Greater(now, errors["OffsetFetch GROUP_AUTHORIZATION_FAILED"], 1.0, "in every scrape")
		assert.Positive(now, found.values(now, "otelcol_kafkalag_groups", "outcome")["failed"])
		assert.Positive(now, found.values(now, "otelcol_kafkalag_anomalies", "kind")["group_claimed_twice"])
	})
}

// Kafka's silence is no reason to restart the collector, so the health endpoint
// goes on answering 200; a cluster that answers in part is no failure at all.
func TestE2EStatusFollowsKafka(t *testing.T) {
	const well, failing = `"receiver:kafkalag":{"healthy":true,"status":"StatusOK"`, `"receiver:kafkalag":{"healthy":true,"status":"StatusRecoverableError"`
	kafka := startKafka(t)
	proxies := kafka.Proxies(t)
	var addresses []string
	for _, p := range proxies {
		addresses = append(addresses, p.Addr())
	}
	c := start(t, append(brokersEnv(addresses...), "KAFKALAG_EXPIRATION=2s"), shipped("default.yaml"))
	status := func(want string) {
		t.Helper()
		require.EventuallyWithT(t, func(now *assert.CollectT) { assert.Contains(now, get(now, c.healthURL), want) }, patience, tick)
	}
	learned := func(brokers map[string]float64) {
		t.Helper()
		c.eventually(t, func(now *assert.CollectT, found families) {
			assert.Equal(now, brokers, found.values(now, "kafka_brokers"))
		})
	}
	learned(map[string]float64{"": 3})
	status(well)

	for _, p := range proxies {
		p.Refuse()
	}
	status(failing)
	learned(map[string]float64{}) // when it has expired
	assert.Contains(t, get(t, c.healthURL), "no broker answered")

	proxies[0].Restore()
	status(well)
	learned(map[string]float64{"": 3}) // as the first one says
	assert.NotEqual(t, billingLag, c.scrape(t).values(t, "kafka_consumer_group_lag", lagLabels...), "two brokers are away")

	proxies[1].Restore()
	proxies[2].Restore()
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, billingLag, found.values(now, "kafka_consumer_group_lag", lagLabels...))
	})
	c.awaitLog(t, "Kafka answers again")
}
