// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"context"
	"slices"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// metadataLog is the topic that controllers replicate among each other. It has one
// partition.
const metadataLog = "__cluster_metadata"

// quorum learns how the controllers of a KRaft cluster are. Brokers with ZooKeeper do
// not offer the request. Those of a cluster without a leader hang on it, while there is
// much to learn from them: it gets little time. Nothing else depends on it.
func (s *scrape) quorum(ctx context.Context) {
	if !s.ask.Quorum || s.snapshot.Elsewhere {
		return
	}
	ctx, cancel := s.pool.WithPatience(ctx)
	defer cancel()
	if answer, answered := askController(ctx, s, newDescribeQuorumRequest(), decodeQuorum); answered {
		s.snapshot.Quorum = answer.log.quorum()
	}
}

func newDescribeQuorumRequest() wire.Request {
	request := kmsg.NewPtrDescribeQuorumRequest()
	topic := kmsg.NewDescribeQuorumRequestTopic()
	topic.Topic = metadataLog
	topic.Partitions = []kmsg.DescribeQuorumRequestTopicPartition{kmsg.NewDescribeQuorumRequestTopicPartition()}
	request.Topics = append(request.Topics, topic)
	const newest, never = 2, 3
	return wire.Request{Request: request, Max: newest, Throttle: never}
}

// quorumOf is what the leader answered.
type quorumOf struct {
	code sarama.KError
	log  *quorumLog // nil where it is left out
}

func (a quorumOf) err() error {
	switch {
	case !kafkaerr.OK(a.code):
		return a.code
	case a.log == nil:
		return kafkaerr.ErrNotAnswered
	}
	return codeError(a.log.code)
}

// quorumLog is the replicas of the metadata log, in offsets and times.
type quorumLog struct {
	code              sarama.KError
	leader, epoch     int32
	voters, observers []quorumReplica
}

// quorumReplica is one replica. Each number is -1 where the leader does not know it.
type quorumReplica struct {
	id                      int32
	end                     int64 // of its log
	lastFetch, lastCaughtUp int64 // milliseconds since 1970, by the leader's clock
}

// quorumReplicaMemory is the bytes of memory that a replica costs: what is read, and
// what is made of it.
const quorumReplicaMemory = 96

func decodeQuorum(r *wire.Reader) quorumOf {
	const withMessages = 2
	a := quorumOf{code: sarama.KError(r.Int16())}
	if r.Version >= withMessages {
		r.Text() // the error in words
	}
	for range r.Each(wire.Size{Strings: 1, Arrays: 1}) {
		mine := string(r.Text()) == metadataLog
		for range r.Each(wire.Size{Fixed: 22, Arrays: 2}) {
			if id, log := decodeQuorumLog(r); mine && id == 0 {
				a.log = log
			}
		}
	}
	if r.Version >= withMessages {
		skipNodes(r)
	}
	return a
}

func decodeQuorumLog(r *wire.Reader) (partition int32, log *quorumLog) {
	const withMessages = 2
	partition = r.Int32()
	log = &quorumLog{code: sarama.KError(r.Int16())}
	if r.Version >= withMessages {
		r.Text() // the error in words
	}
	log.leader, log.epoch = r.Int32(), r.Int32()
	r.Int64() // the high watermark
	log.voters, log.observers = decodeReplicas(r), decodeReplicas(r)
	return partition, log
}

func decodeReplicas(r *wire.Reader) []quorumReplica {
	const withDirectory, withTimes = 2, 1
	n := r.Len(wire.Size{Fixed: 12})
	if !r.Spend(quorumReplicaMemory * n) {
		return nil
	}
	replicas := make([]quorumReplica, 0, n)
	for range r.Elements(n) {
		replica := quorumReplica{id: r.Int32(), lastFetch: -1, lastCaughtUp: -1}
		if r.Version >= withDirectory {
			r.UUID()
		}
		replica.end = r.Int64()
		if r.Version >= withTimes {
			replica.lastFetch, replica.lastCaughtUp = r.Int64(), r.Int64()
		}
		replicas = append(replicas, replica)
	}
	return replicas
}

// skipNodes reads where the controllers listen.
func skipNodes(r *wire.Reader) {
	for range r.Each(wire.Size{Fixed: 4, Arrays: 1}) {
		r.Int32()
		for range r.Each(wire.Size{Fixed: 2, Strings: 2}) {
			r.Text()
			r.Text()
			r.Int16()
		}
	}
}

// quorum measures all replicas against the leader's own row: its clock, and where its
// log ends.
func (l *quorumLog) quorum() *cluster.Quorum {
	leader := l.find(l.leader)
	return &cluster.Quorum{
		Leader: max(l.leader, cluster.NoBroker), Epoch: l.epoch,
		Voters: leader.measureAll(l.voters), Observers: leader.measureAll(l.observers),
	}
}

// find returns the replica of that id: a leader that resigns is no voter any more.
func (l *quorumLog) find(id int32) quorumReplica {
	for _, replica := range slices.Concat(l.voters, l.observers) {
		if replica.id == id {
			return replica
		}
	}
	return quorumReplica{end: -1, lastFetch: -1, lastCaughtUp: -1}
}

// measureAll measures replicas against the leader. An id is there twice when a disk was
// replaced: the replica that fetched last is in use.
func (leader quorumReplica) measureAll(replicas []quorumReplica) []cluster.QuorumReplica {
	slices.SortStableFunc(replicas, func(a, b quorumReplica) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(b.lastFetch, a.lastFetch))
	})
	replicas = slices.CompactFunc(replicas, func(a, b quorumReplica) bool { return a.id == b.id })
	measured := make([]cluster.QuorumReplica, 0, len(replicas))
	for _, replica := range replicas {
		measured = append(measured, leader.measure(replica))
	}
	return measured
}

// measure compares a replica with the leader. What the leader has learned of it may be
// newer than what the leader says of itself.
func (leader quorumReplica) measure(replica quorumReplica) cluster.QuorumReplica {
	m := cluster.QuorumReplica{ID: replica.id, Lag: cluster.None}
	if lag := behind(leader.end, replica.end); lag != nil {
		m.Lag = cluster.Offset(*lag)
	}
	m.LastFetchAge = behind(leader.lastFetch, replica.lastFetch)
	m.LastCaughtUpAge = behind(leader.lastCaughtUp, replica.lastCaughtUp)
	return m
}

// behind is by how much a number is less than the leader's, nil where one of them is not
// known.
func behind(leader, replica int64) *int64 {
	if leader < 0 || replica < 0 {
		return nil
	}
	return new(max(0, leader-replica))
}
