// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"net"
	"slices"
	"strconv"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// Versions 8 to 10 of Metadata return what a login may do to the cluster.
const (
	firstWithLimits = 8
	lastWithLimits  = 10
)

// Bytes of memory that an element costs, with its place in a map.
const (
	brokerMemory    = 150
	topicMemory     = 150
	partitionMemory = 136
)

// decodeMetadata reads an answer. A broker, topic or partition that is named
// twice counts once.
func decodeMetadata(r *wire.Reader) *metadata {
	meta := &metadata{
		brokers: map[int32]cluster.Broker{},
		topics:  map[string]*cluster.Topic{},
		unclear: map[string]sarama.KError{},
		allowed: operationsUnknown,
	}
	for range r.Each(wire.Size{Fixed: 8, Strings: 1}) {
		if b := decodeBroker(r); r.Spend(brokerMemory) {
			meta.brokers[b.ID] = b
		}
	}
	if r.Version >= 2 {
		meta.clusterID = r.String()
	}
	if r.Version >= 1 {
		meta.controller = r.Int32()
	}
	var ids replicaIDs
	for range r.Each(wire.Size{Fixed: 2, Strings: 1, Arrays: 1}) {
		meta.addTopic(r, &ids)
	}
	if r.Version >= firstWithLimits && r.Version <= lastWithLimits {
		meta.allowed = r.Int32()
	}
	return meta
}

func decodeBroker(r *wire.Reader) cluster.Broker {
	b := cluster.Broker{ID: r.Int32()}
	host := r.String()
	b.Address = net.JoinHostPort(host, strconv.Itoa(int(r.Int32())))
	if r.Version >= 1 {
		b.Rack = r.String()
	}
	return b
}

// addTopic reads one topic.
func (m *metadata) addTopic(r *wire.Reader, ids *replicaIDs) {
	code := sarama.KError(r.Int16())
	topic := &cluster.Topic{Name: r.String(), Unclear: !kafkaerr.OK(code)}
	const withID, withPurpose = 10, 1
	if r.Version >= withID {
		topic.ID = cluster.TopicID(r.UUID())
	}
	if r.Version >= withPurpose {
		r.Bool() // whether it is one of Kafka's own
	}
	topic.Partitions = decodePartitions(r, ids)
	if r.Version >= firstWithLimits {
		r.Int32() // what one may do to the topic
	}
	if !r.Spend(topicMemory) {
		return
	}
	m.topics[topic.Name] = topic
	if topic.Unclear {
		m.unclear[topic.Name] = code
	} else {
		delete(m.unclear, topic.Name)
	}
}

func decodePartitions(r *wire.Reader, ids *replicaIDs) []cluster.Partition {
	n := r.Len(wire.Size{Fixed: 10, Arrays: 2})
	if !r.Spend(partitionMemory * n) {
		return nil
	}
	partitions := make([]cluster.Partition, 0, n)
	for range r.Elements(n) {
		partitions = append(partitions, decodePartition(r, ids))
	}
	byID := func(a, b cluster.Partition) int { return cmp.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(partitions, byID) {
		slices.SortFunc(partitions, byID)
	}
	return slices.CompactFunc(partitions, func(a, b cluster.Partition) bool { return a.ID == b.ID })
}

func decodePartition(r *wire.Reader, ids *replicaIDs) cluster.Partition {
	r.Int16() // an error: that there is no leader, which the leader says
	p := cluster.Partition{ID: r.Int32(), Leader: max(r.Int32(), cluster.NoBroker), Start: cluster.Unknown, End: cluster.Unknown, LastStable: cluster.Unknown, HighWatermark: cluster.Unknown}
	const withEpoch, withOffline = 7, 5
	if r.Version >= withEpoch {
		r.Int32()
	}
	p.Replicas = ids.read(r)
	p.InSync = ids.read(r)
	if r.Version >= withOffline {
		r.SkipInt32s()
	}
	return p
}

// replicaIDs holds the broker ids of many partitions in one piece of memory: two
// small slices for each partition are most of what metadata would allocate.
type replicaIDs struct{ free []int32 }

const replicaIDsAtOnce = 2048

func (ids *replicaIDs) read(r *wire.Reader) []int32 {
	const usual = 16 // replicas, at most; more get memory of their own
	if cap(ids.free)-len(ids.free) < usual {
		ids.free = make([]int32, 0, replicaIDsAtOnce)
	}
	begin := len(ids.free)
	all := r.Int32s(ids.free[begin:begin])
	if len(all) == 0 {
		return nil
	}
	if len(all) <= cap(ids.free)-begin {
		ids.free = ids.free[:begin+len(all)]
	}
	return slices.Clip(all)
}
