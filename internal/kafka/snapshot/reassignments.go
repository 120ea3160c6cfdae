// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// reassignments learns which of the partitions that lack replicas in sync are being
// moved: replicas that are being added are not expected to be in sync. A reassignment is
// over once all that it adds are, so that a cluster in which none lacks any has none, and
// is not asked. Nothing else depends on it.
func (s *scrape) reassignments(ctx context.Context) {
	if !s.ask.Reassignments {
		return
	}
	lacking := s.lackingInSync()
	if len(lacking) == 0 {
		return
	}
	request := newListPartitionReassignmentsRequest(lacking, s.pool.RequestTimeout())
	answer, answered := askController(ctx, s, request, decodeReassignments)
	if !answered {
		return
	}
	for _, p := range lacking {
		p.partition.Reassignment = answer.reassignments[topicPartition{p.topic.Name, p.partition.ID}]
	}
}

// newListPartitionReassignmentsRequest names the partitions: in a cluster that
// Cruise Control balances, many others may be moving.
func newListPartitionReassignmentsRequest(of []partitionRef, timeout time.Duration) wire.Request {
	request := kmsg.NewPtrListPartitionReassignmentsRequest()
	request.TimeoutMillis = int32(min(timeout.Milliseconds(), math.MaxInt32))
	var last *cluster.Topic
	for _, p := range of {
		if p.topic != last { // its partitions come one after the other
			topic := kmsg.NewListPartitionReassignmentsRequestTopic()
			topic.Topic = p.topic.Name
			request.Topics = append(request.Topics, topic)
			last = p.topic
		}
		topic := &request.Topics[len(request.Topics)-1]
		topic.Partitions = append(topic.Partitions, p.partition.ID)
	}
	return wire.Request{Request: request}
}

type topicPartition struct {
	topic     string
	partition int32
}

// reassignmentsOf is what the controller answered.
type reassignmentsOf struct {
	code          sarama.KError
	reassignments map[topicPartition]*cluster.Reassignment
}

func (a reassignmentsOf) err() error { return codeError(a.code) }

// reassignmentMemory is the bytes of memory that an element costs.
const reassignmentMemory = 180

func decodeReassignments(r *wire.Reader) reassignmentsOf {
	a := reassignmentsOf{code: sarama.KError(r.Int16()), reassignments: map[topicPartition]*cluster.Reassignment{}}
	r.Text() // the error's message
	for range r.Each(wire.Size{Strings: 1, Arrays: 1}) {
		topic := r.String()
		for range r.Each(wire.Size{Fixed: 4, Arrays: 3}) {
			id := r.Int32()
			moves := &cluster.Reassignment{Replicas: r.Int32s(nil), Adding: r.Int32s(nil), Removing: r.Int32s(nil)}
			if r.Spend(reassignmentMemory) {
				a.reassignments[topicPartition{topic, id}] = moves
			}
		}
	}
	return a
}

// lackingInSync lists the partitions with fewer replicas in sync than replicas.
func (s *scrape) lackingInSync() []partitionRef {
	return slices.DeleteFunc(s.partitions(Everywhere, nil), func(p partitionRef) bool {
		return len(p.partition.InSync) >= len(p.partition.Replicas)
	})
}
