// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

func TestDecodeMetadata(t *testing.T) {
	id := "the-cluster"
	answer := &sarama.MetadataResponse{
		ClusterID: &id,
		Topics: []*sarama.TopicMetadata{
			{Name: "orders", Uuid: sarama.Uuid{7}, Partitions: []*sarama.PartitionMetadata{
				{ID: 1, Leader: 2, Replicas: []int32{2, 1}, Isr: []int32{2}},
				{ID: 0, Leader: -1, Replicas: []int32{1, 2}, Err: sarama.ErrLeaderNotAvailable},
				{ID: 1, Leader: 2, Replicas: []int32{2, 1}, Isr: []int32{2}},
			}},
			{Name: "secret", Err: sarama.ErrTopicAuthorizationFailed},
		},
	}
	answer.AddBroker("b1:9092", 1)
	answer.AddBroker("b2:9092", 2)
	answer.AddBroker("b2:9092", 2)
	meta := decodeMetadata(answer)
	assert.Equal(t, "the-cluster", meta.clusterID)
	assert.Equal(t, map[int32]cluster.Broker{
		1: {ID: 1, Address: "b1:9092"},
		2: {ID: 2, Address: "b2:9092"},
	}, meta.brokers, "a broker that is named twice counts once")
	orders := meta.topics["orders"]
	require.Len(t, orders.Partitions, 2, "so does a partition")
	assert.Equal(t, cluster.TopicID{7}, orders.ID)
	assert.Equal(t, cluster.Partition{
		ID: 0, Leader: cluster.NoBroker, Replicas: []int32{1, 2}, Start: cluster.Unknown, End: cluster.Unknown,
	}, orders.Partitions[0], "sorted by id")
	assert.True(t, meta.topics["secret"].Unclear)
	assert.Equal(t, map[string]sarama.KError{"secret": sarama.ErrTopicAuthorizationFailed}, meta.unclear)
}

func TestDecodeOffset(t *testing.T) {
	for name, tt := range map[string]struct {
		block *sarama.OffsetResponseBlock
		want  cluster.Offset
		err   error
	}{
		"an offset":           {block: &sarama.OffsetResponseBlock{Offsets: []int64{7}}, want: 7},
		"left out":            {want: cluster.Unknown, err: kafkaerr.ErrNotAnswered},
		"an error":            {block: &sarama.OffsetResponseBlock{Err: sarama.ErrOffsetNotAvailable, Offsets: []int64{-1}}, want: cluster.Unknown, err: sarama.ErrOffsetNotAvailable},
		"no offset, no error": {block: &sarama.OffsetResponseBlock{Offsets: []int64{-1}}, want: cluster.Unknown, err: kafkaerr.ErrNotAnswered},
		"an empty list":       {block: &sarama.OffsetResponseBlock{}, want: cluster.Unknown, err: kafkaerr.ErrNotAnswered},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := decodeOffset(tt.block)
			assert.Equal(t, tt.want, got)
			require.ErrorIs(t, err, tt.err)
		})
	}
}
