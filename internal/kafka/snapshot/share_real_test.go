// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Where share groups are, as Kafka's own tool says it, while and after they read.
func TestIntegrationSoakShareGroups(t *testing.T) {
	for _, version := range kafkatest.VersionsWithNewGroups() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version})
			kafka.CreateTopic(t, "jobs", 3, 1, nil)
			kafka.ProduceEach(t, "jobs", 100, 200, 0)
			kafka.ReadFromStart(t, "workers")
			client := newTestClient(t, kafka.Brokers()...)
			kafka.ShareConsume(t, "workers", "jobs", 150)
			requireLikeTool(t, kafka, client)
			kafka.ProduceEach(t, "jobs", 10, 20, 30)
			requireLikeTool(t, kafka, client)
			kafka.StartShareConsumer(t, "workers", "jobs")
			require.EventuallyWithT(t, func(now *assert.CollectT) {
				s := snapshot(t, client, everything())
				g := s.Groups["workers"]
				require.NotNil(now, g)
				require.Len(now, g.Commits, 1)
				assert.Equal(now, []cluster.Offset{0, 0, 0}, g.Commits[0].Lags, "all is completed")
				assert.Equal(now, 1, g.Members)
			}, time.Minute, 200*time.Millisecond)
			requireLikeTool(t, kafka, client)
		})
	}
}

// requireLikeTool holds each partition of the group against Kafka's tool.
func requireLikeTool(t *testing.T, kafka *kafkatest.Cluster, client *Client) {
	t.Helper()
	require.EventuallyWithT(t, func(now *assert.CollectT) { // the coordinator learns the end with a delay
		want := kafka.DescribeShareGroup(t, "workers")
		s := snapshot(t, client, everything())
		require.Empty(now, s.Failures)
		got := map[kafkatest.GroupTopicPartition]kafkatest.StartLag{}
		for _, topic := range s.Groups["workers"].Commits {
			for i, c := range topic.Partitions {
				row := kafkatest.StartLag{Start: kafkatest.Absent, Lag: kafkatest.Absent}
				if c.Offset.Known() {
					row.Start = int64(c.Offset)
				}
				if topic.Lags[i].Known() {
					row.Lag = int64(topic.Lags[i])
				}
				got[kafkatest.GroupTopicPartition{Group: "workers", Topic: topic.Topic, Partition: c.Partition}] = row
			}
		}
		assert.NotEmpty(now, got)
		assert.Equal(now, want, got)
	}, time.Minute, time.Second)
}
