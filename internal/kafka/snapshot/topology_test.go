// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Only the topics that are named are learned, and none is created by asking.
func TestTopology(t *testing.T) {
	fake := kafkatest.StartFake(t, 2, kfake.AllowAutoTopicCreation(), kfake.ClusterID("c"))
	fake.CreateTopic(t, "named", 3, 1, nil)
	fake.CreateTopic(t, "another", 1, 1, nil)
	pool, err := broker.New(testConfig(fake.Brokers()...), zap.NewNop(), nil)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	topology := NewTopology(pool, zap.NewNop(), "named", "missing")
	for range 2 {
		pool.Begin()
		learned, err := topology.Learn(t.Context(), time.Now(), 0)
		pool.End()
		require.NoError(t, err)
		assert.Equal(t, "c", learned.ClusterID)
		assert.Len(t, learned.Brokers, 2)
		assert.Equal(t, []string{"missing", "named"}, slices.Sorted(maps.Keys(learned.Topics)))
		assert.Len(t, learned.Topics["named"].Partitions, 3)
		assert.Equal(t, map[string]error{"missing": sarama.ErrUnknownTopicOrPartition}, learned.Unclear)
	}
}

// Another cluster is followed when it alone has answered for long enough, however often
// it is asked for. The log says so.
func TestTopologyOfAnotherCluster(t *testing.T) {
	fake := kafkatest.StartFake(t, 1, kfake.ClusterID("old"), kfake.SeedTopics(1, "named"))
	core, logs := observer.New(zap.WarnLevel)
	pool, err := broker.New(testConfig(fake.Brokers()...), zap.NewNop(), nil)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	topology := NewTopology(pool, zap.New(core), "named")
	now := time.Now()
	learn := func() (Learned, error) {
		pool.Begin()
		defer pool.End()
		return topology.Learn(t.Context(), now, time.Minute)
	}
	_, err = learn()
	require.NoError(t, err)
	fake.TakeOver(t, kfake.ClusterID("new"), kfake.SeedTopics(1, "named"))
	for range 2 * scrapesToReplace {
		now = now.Add(time.Second)
		_, err := learn()
		require.Error(t, err)
	}
	assert.Empty(t, logs.All())
	now = now.Add(time.Minute)
	learned, err := learn()
	require.NoError(t, err)
	assert.Equal(t, "new", learned.ClusterID)
	require.Equal(t, 1, logs.Len())
	assert.Equal(t, map[string]any{"cluster_id": "new", "cluster_id_before": "old"}, logs.All()[0].ContextMap())
}
