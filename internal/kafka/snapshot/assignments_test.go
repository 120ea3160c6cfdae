// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

func TestAssignments(t *testing.T) {
	fake := seeded(t, 2, 3, 0)
	fake.Join(t, "classic", "t0", "t1")
	ask := everything()
	ask.Assignments = true
	ask.Topic = func(name string) bool { return name == "t0" }
	client := newTestClient(t, fake.Brokers()...)
	assert.Equal(t,
		[]cluster.Assignment{{Topic: "t0", Members: 1, Partitions: []int32{0, 1, 2}}},
		snapshot(t, client, ask).Groups["classic"].Assigned)
	ask.Assignments = false
	assert.Empty(t, snapshot(t, client, ask).Groups["classic"].Assigned)
}

// assignment is what the range assignor writes: topic t, partitions 0 and 2.
var assignment = []byte{0, 1, 0, 0, 0, 1, 0, 1, 't', 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff}

func TestAssignClassic(t *testing.T) {
	for name, tt := range map[string]struct {
		protocol string
		members  [][]byte
		want     []cluster.Assignment
		unknown  bool
	}{
		"no members":    {"consumer", nil, []cluster.Assignment{}, false},
		"not yet":       {"consumer", [][]byte{{}}, []cluster.Assignment{}, false},
		"one":           {"consumer", [][]byte{assignment}, []cluster.Assignment{{Topic: "t", Members: 1, Partitions: []int32{0, 2}}}, false},
		"named twice":   {"consumer", [][]byte{assignment, assignment}, []cluster.Assignment{{Topic: "t", Members: 2, Partitions: []int32{0, 2}}}, false},
		"foreign bytes": {"consumer", [][]byte{[]byte("whatever")}, nil, true},
		"cut short":     {"consumer", [][]byte{assignment[:9], assignment}, nil, true},
		"Connect's":     {"connect", [][]byte{assignment}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := &sarama.GroupDescription{ProtocolType: tt.protocol, Members: map[string]*sarama.GroupMemberDescription{}}
			for i, bytes := range tt.members {
				d.Members[string(rune('a'+i))] = &sarama.GroupMemberDescription{MemberAssignment: bytes}
			}
			s := &scrape{ask: Request{Topic: anything, Assignments: true}}
			got, known := s.assignedClassic(d)
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.unknown, !known)
			d.State = "PreparingRebalance"
			_, known = s.assignedClassic(d)
			assert.Equal(t, len(tt.members) == 0 || tt.protocol != "consumer", known, "while it rebalances nothing is assigned")
		})
	}
}

func TestAssignConsumer(t *testing.T) {
	member := func(topics ...sarama.ConsumerGroupTopicPartitions) sarama.ConsumerGroupMemberDescription {
		return sarama.ConsumerGroupMemberDescription{Assignment: sarama.ConsumerGroupAssignment{TopicPartitions: topics}}
	}
	d := &sarama.ConsumerGroupDescription{Members: []sarama.ConsumerGroupMemberDescription{
		member(sarama.ConsumerGroupTopicPartitions{TopicName: "t", Partitions: []int32{3, 1}}, sarama.ConsumerGroupTopicPartitions{TopicName: "u", Partitions: []int32{0}}),
		member(sarama.ConsumerGroupTopicPartitions{TopicName: "t", Partitions: []int32{2, 1}}),
		member(),
	}}
	s := &scrape{ask: Request{Topic: anything, Assignments: true}}
	got, known := s.assignedConsumer(d)
	assert.True(t, known)
	assert.Equal(t, []cluster.Assignment{
		{Topic: "t", Members: 2, Partitions: []int32{1, 2, 3}},
		{Topic: "u", Members: 1, Partitions: []int32{0}},
	}, got)
}

func FuzzAssignment(f *testing.F) {
	f.Add(assignment)
	f.Add([]byte("whatever"))
	f.Fuzz(func(_ *testing.T, bytes []byte) {
		s := &scrape{ask: Request{Topic: anything, Assignments: true}}
		s.assignedClassic(&sarama.GroupDescription{
			ProtocolType: consumerProtocol,
			Members:      map[string]*sarama.GroupMemberDescription{"m": {MemberAssignment: bytes}},
		})
	})
}
