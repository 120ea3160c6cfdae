// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"maps"
	"slices"
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"go.uber.org/zap"

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
		learned, err := topology.Learn(t.Context())
		pool.End()
		require.NoError(t, err)
		assert.Equal(t, "c", learned.ClusterID)
		assert.Len(t, learned.Brokers, 2)
		assert.Equal(t, []string{"missing", "named"}, slices.Sorted(maps.Keys(learned.Topics)))
		assert.Len(t, learned.Topics["named"].Partitions, 3)
		assert.Equal(t, map[string]error{"missing": sarama.ErrUnknownTopicOrPartition}, learned.Unclear)
	}
}
