// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"slices"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// decodeMetadata turns an answer into plain types. A broker, topic or
// partition that is named twice counts once.
func decodeMetadata(answer *sarama.MetadataResponse) *metadata {
	meta := &metadata{
		brokers: make(map[int32]cluster.Broker, len(answer.Brokers)),
		topics:  make(map[string]*cluster.Topic, len(answer.Topics)),
		unclear: map[string]sarama.KError{},
		allowed: notTold,
	}
	if answer.Version >= 8 && answer.Version <= 10 {
		meta.allowed = answer.ClusterAuthorizedOperations
	}
	if answer.ClusterID != nil {
		meta.clusterID = *answer.ClusterID
	}
	for _, b := range answer.Brokers {
		meta.brokers[b.ID()] = cluster.Broker{ID: b.ID(), Address: b.Addr(), Rack: b.Rack()}
	}
	for _, t := range answer.Topics {
		meta.topics[t.Name] = decodeTopic(t)
		if t.Err != sarama.ErrNoError {
			meta.unclear[t.Name] = t.Err
		}
	}
	return meta
}

func decodeTopic(t *sarama.TopicMetadata) *cluster.Topic {
	topic := &cluster.Topic{
		Name:       t.Name,
		ID:         cluster.TopicID(t.Uuid),
		Unclear:    t.Err != sarama.ErrNoError,
		Partitions: make([]cluster.Partition, 0, len(t.Partitions)),
	}
	for _, p := range t.Partitions {
		topic.Partitions = append(topic.Partitions, cluster.Partition{
			ID:       p.ID,
			Leader:   max(p.Leader, cluster.NoBroker),
			Replicas: p.Replicas,
			InSync:   p.Isr,
			Start:    cluster.Unknown,
			End:      cluster.Unknown,
		})
	}
	byID := func(a, b cluster.Partition) int { return cmp.Compare(a.ID, b.ID) }
	slices.SortFunc(topic.Partitions, byID)
	topic.Partitions = slices.CompactFunc(topic.Partitions, func(a, b cluster.Partition) bool { return a.ID == b.ID })
	return topic
}
