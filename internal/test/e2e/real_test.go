// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

const (
	realTopics, realPartitions    = 12, 6
	realGroups, realTopicsOfGroup = 12, 3
)

// Kafka's own tool is the authority: each of its rows is on /metrics with the
// same offset and lag, and nothing else is.
func TestE2EAgreesWithKafka(t *testing.T) {
	for _, version := range []string{kafkatest.DefaultVersion, "3.9.1"} {
		t.Run(version, func(t *testing.T) {
			kafkatest.NeedReal(t, version)
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version, Brokers: 3})
			seedReal(t, kafka.Seed)
			offsets, lags := toolRows(t, kafka)
			require.Len(t, lags, (realGroups+1)*realTopicsOfGroup*realPartitions)

			c := start(t, brokersEnv(kafka.Brokers()...), shipped("default.yaml"))
			c.eventually(t, func(now *assert.CollectT, found families) {
				assert.Equal(now, offsets, found.values(now, "kafka_consumer_group_offset", lagLabels...))
				assert.Equal(now, lags, found.values(now, "kafka_consumer_group_lag", lagLabels...))
				assert.Equal(now, map[string]float64{"": 3}, found.values(now, "kafka_brokers"))
				assert.InDelta(now, 1, found.values(now, "kafka_consumer_group_members", "group")["live"], 0)
			})
		})
	}
}

// seedReal makes topics that differ in length, and groups that differ in what
// they read and how far; the group "live" has a member.
func seedReal(t *testing.T, seed kafkatest.Seed) {
	t.Helper()
	topic := func(n int) string { return fmt.Sprintf("topic-%02d", n%realTopics) }
	length := func(topic, partition int) int { return 10*(topic%realTopics) + partition + 1 }
	for n := range realTopics {
		seed.CreateTopic(t, topic(n), realPartitions, 1, nil)
		lengths := make([]int, realPartitions)
		for p := range lengths {
			lengths[p] = length(n, p)
		}
		seed.ProduceEach(t, topic(n), lengths...)
	}
	commits := func(group int) map[string]map[int32]int64 {
		committed := make(map[string]map[int32]int64)
		for n := group; n < group+realTopicsOfGroup; n++ {
			committed[topic(n)] = make(map[int32]int64)
			for p := range realPartitions {
				committed[topic(n)][int32(p)] = int64(length(n, p) * group / realGroups)
			}
		}
		return committed
	}
	for group := range realGroups {
		seed.Commit(t, fmt.Sprintf("group-%02d", group), commits(group))
	}
	seed.Commit(t, "live", commits(5))
	seed.Join(t, "live", topic(5), topic(6), topic(7))
}

// toolRows gives the offsets and lags that Kafka's own tool prints.
func toolRows(t *testing.T, kafka *kafkatest.Cluster) (offsets, lags map[string]float64) {
	t.Helper()
	offsets, lags = make(map[string]float64), make(map[string]float64)
	for row, described := range kafka.DescribeAllGroups(t) {
		key := fmt.Sprintf("%s %s %d", row.Group, row.Topic, row.Partition)
		if described.Offset != kafkatest.Absent {
			offsets[key] = float64(described.Offset)
		}
		if described.Lag != kafkatest.Absent {
			lags[key] = float64(described.Lag)
		}
	}
	return offsets, lags
}
