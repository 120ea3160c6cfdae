// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"fmt"
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// What is asked for is cut into requests, so that no cluster is so large that an
// array comes near the million elements above which brokers from Kafka 4.4 on
// drop the connection: here there is more of each than fits one request.
func TestRequestsAreBounded(t *testing.T) {
	topics := make([]string, resourcesPerRequest+1)
	for i := range topics {
		topics[i] = fmt.Sprintf("t%d", i)
	}
	fake := kafkatest.StartFake(t, 1, kfake.SeedTopics(1, topics...))
	for i := range groupsPerRequest + 1 {
		fake.Commit(t, fmt.Sprintf("g%d", i), map[string]map[int32]int64{"t0": {0: 0}})
	}
	longest := fake.LongestArrays(kmsg.OffsetFetch, kmsg.DescribeGroups, kmsg.DescribeConfigs)

	client := newTestClient(t, fake.Brokers()...)
	ask := everything()
	ask.TopicRetention, ask.Ends, ask.Starts = true, WhereCommitted, Nowhere
	require.Empty(t, snapshot(t, client, ask).Failures)
	assert.Equal(t, map[string]int{
		"OffsetFetch": groupsPerRequest, "DescribeGroups": groupsPerRequest,
		"DescribeConfigs": resourcesPerRequest,
	}, longest())
}

// A leader of more partitions than one request should name is asked in several.
func TestPartitionsOfOneLeaderAreAskedForInBatches(t *testing.T) {
	s := &scrape{pool: newTestClient(t, "127.0.0.1:1").pool}
	s.pool.SetBrokers(map[int32]cluster.Broker{1: {ID: 1, Address: "127.0.0.1:1"}})
	partitions := partitionsOf("large", 2*offsetsPerRequest+1)
	var asked []partitionRef
	var sizes []int
	for _, r := range s.toLeaders([]offsetQuery{{logEnd, partitions}}) {
		require.EqualValues(t, 1, r.node.ID)
		asked, sizes = append(asked, r.partitions...), append(sizes, len(r.partitions))
	}
	assert.Equal(t, []int{offsetsPerRequest, offsetsPerRequest, 1}, sizes)
	assert.Equal(t, partitions, asked)
}

// partitionsOf makes up a topic that broker 1 leads.
func partitionsOf(topic string, partitions int) []partitionRef {
	of := &cluster.Topic{Name: topic, Partitions: make([]cluster.Partition, partitions)}
	refs := make([]partitionRef, partitions)
	for i := range refs {
		of.Partitions[i] = cluster.Partition{ID: int32(i), Leader: 1}
		refs[i] = partitionRef{of, &of.Partitions[i]}
	}
	return refs
}

// The largest request that is made is one that the newest brokers read.
func TestIntegrationBrokersReadTheLargestRequest(t *testing.T) {
	kafka := kafkatest.Shared(t, kafkatest.Options{})
	client := newTestClient(t, kafka.Brokers()...)
	snapshot(t, client, everything())
	s := &scrape{pool: client.pool}
	failed := s.offsetsOf(t.Context(), toLeader{s.pool.Brokers()[0], offsetQuery{logEnd, partitionsOf("unknown", offsetsPerRequest)}}).failed
	require.Len(t, failed, offsetsPerRequest)
	require.ErrorIs(t, failed[0].err, sarama.ErrUnknownTopicOrPartition)
}
