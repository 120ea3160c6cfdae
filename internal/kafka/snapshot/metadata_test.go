// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"slices"
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

func TestDecodeMetadata(t *testing.T) {
	partition := func(id, leader int32, replicas, inSync []int32) kmsg.MetadataResponseTopicPartition {
		p := kmsg.NewMetadataResponseTopicPartition()
		p.Partition, p.Leader, p.Replicas, p.ISR = id, leader, replicas, inSync
		return p
	}
	orders := kmsg.NewMetadataResponseTopic()
	orders.Topic, orders.TopicID = new("orders"), [16]byte{7}
	orders.Partitions = []kmsg.MetadataResponseTopicPartition{
		partition(1, 2, []int32{2, 1}, []int32{2}),
		partition(0, -1, []int32{1, 2}, nil),
		partition(1, 2, []int32{2, 1}, []int32{2}),
	}
	secret := kmsg.NewMetadataResponseTopic()
	secret.Topic, secret.ErrorCode = new("secret"), kerr.TopicAuthorizationFailed.Code
	b1, b2 := kmsg.NewMetadataResponseBroker(), kmsg.NewMetadataResponseBroker()
	b1.NodeID, b1.Host, b1.Port = 1, "b1", 9092
	b2.NodeID, b2.Host, b2.Port, b2.Rack = 2, "b2", 9092, new("east")
	answer := kmsg.NewPtrMetadataResponse()
	answer.ClusterID = new("the-cluster")
	answer.Brokers = []kmsg.MetadataResponseBroker{b1, b2, b2}
	answer.Topics = []kmsg.MetadataResponseTopic{orders, secret}
	meta := decodeAnswer(t, newMetadataRequest(false), answer, decodeMetadata)
	assert.Equal(t, "the-cluster", meta.clusterID)
	assert.Equal(t, map[int32]cluster.Broker{
		1: {ID: 1, Address: "b1:9092"},
		2: {ID: 2, Address: "b2:9092", Rack: "east"},
	}, meta.brokers, "a broker that is named twice counts once")
	got := meta.topics["orders"]
	require.Len(t, got.Partitions, 2, "so does a partition")
	assert.Equal(t, cluster.TopicID{7}, got.ID)
	assert.Equal(t, cluster.Partition{
		ID: 0, Leader: cluster.NoBroker, Replicas: []int32{1, 2},
		Start: cluster.Unknown, End: cluster.Unknown, LastStable: cluster.Unknown, HighWatermark: cluster.Unknown,
	}, got.Partitions[0], "sorted by id")
	assert.True(t, meta.topics["secret"].Unclear)
	assert.Equal(t, map[string]sarama.KError{"secret": sarama.ErrTopicAuthorizationFailed}, meta.unclear)
}

func TestDecodeOffsets(t *testing.T) {
	answered := func(id int32, code int16, offset int64) kmsg.ListOffsetsResponseTopicPartition {
		p := kmsg.NewListOffsetsResponseTopicPartition()
		p.Partition, p.ErrorCode, p.Offset = id, code, offset
		p.OldStyleOffsets = []int64{offset}
		return p
	}
	r := toLeader{offsetQuery: offsetQuery{logEnd, append(partitionsOf("t", 6), partitionsOf("u", 1)...)}}
	r.partitions = slices.Delete(r.partitions, 1, 2) // who leads a part of a topic is asked about that
	topic := kmsg.NewListOffsetsResponseTopic()
	topic.Topic = "t"
	topic.Partitions = []kmsg.ListOffsetsResponseTopicPartition{
		answered(5, 0, 7), answered(1, 0, 8), answered(0, 0, 9), answered(2, kerr.OffsetNotAvailable.Code, -1), answered(3, 0, -1), answered(9, 0, 1), answered(-1, 0, 1),
	}
	other := kmsg.NewListOffsetsResponseTopic()
	other.Topic = "never asked about"
	other.Partitions = topic.Partitions
	answer := kmsg.NewPtrListOffsetsResponse()
	answer.Topics = []kmsg.ListOffsetsResponseTopic{other, topic}
	for version := range int16(7) {
		s := &scrape{}
		request := s.newListOffsetsRequest(r)
		request.Max = version
		got := decodeAnswer(t, request, answer, func(in *wire.Reader) offsetsOf { return decodeOffsets(in, r) })
		unknown := cluster.Unknown
		assert.Equal(t, []cluster.Offset{9, unknown, unknown, unknown, 7, unknown}, got.offsets, "version %d", version)
		failed := map[int32]error{}
		for _, f := range got.failed[:3] {
			failed[f.ref.partition.ID] = f.err
		}
		assert.Equal(t, map[int32]error{2: sarama.ErrOffsetNotAvailable, 3: kafkaerr.ErrNotAnswered, 4: kafkaerr.ErrNotAnswered}, failed)
		require.Len(t, got.failed, 4)
		assert.Equal(t, "u", got.failed[3].ref.topic.Name, "left out with its topic")
	}
}
