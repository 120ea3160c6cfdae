// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kmsg"

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
			d := kmsg.NewDescribeGroupsResponseGroup()
			d.ProtocolType = tt.protocol
			for _, bytes := range tt.members {
				member := kmsg.NewDescribeGroupsResponseGroupMember()
				member.MemberAssignment = bytes
				d.Members = append(d.Members, member)
			}
			got := describedAs(t, d)
			assert.Equal(t, tt.want, got.assigned)
			assert.Equal(t, tt.unknown, !got.assignedKnown)
			assert.Equal(t, len(tt.members), got.members)
			d.State = "PreparingRebalance"
			got = describedAs(t, d)
			assert.Equal(t, len(tt.members) == 0 || tt.protocol != "consumer", got.assignedKnown, "while it rebalances nothing is assigned")
		})
	}
}

// describedAs decodes a broker's answer about one classic group.
func describedAs(t *testing.T, group kmsg.DescribeGroupsResponseGroup) description {
	t.Helper()
	s := &scrape{ask: Request{Topic: anything, Assignments: true}}
	answer := kmsg.NewPtrDescribeGroupsResponse()
	answer.Groups = []kmsg.DescribeGroupsResponseGroup{group}
	return decodeAnswer(t, newDescribeGroupsRequest(nil), answer, s.decodeClassic)[group.Group]
}

func TestAssignConsumer(t *testing.T) {
	assigned := func(topic string, partitions ...int32) kmsg.AssignmentTopicPartition {
		return kmsg.AssignmentTopicPartition{Topic: topic, Partitions: partitions}
	}
	member := func(topics ...kmsg.AssignmentTopicPartition) kmsg.ConsumerGroupDescribeResponseGroupMember {
		m := kmsg.NewConsumerGroupDescribeResponseGroupMember()
		m.SubscribedTopics = []string{"t", "u"}
		m.Assignment.TopicPartitions = topics
		m.TargetAssignment.TopicPartitions = []kmsg.AssignmentTopicPartition{assigned("elsewhere", 1)}
		return m
	}
	group := kmsg.NewConsumerGroupDescribeResponseGroup()
	group.Group, group.State, group.AssignorName = "g", "Stable", "uniform"
	group.Members = []kmsg.ConsumerGroupDescribeResponseGroupMember{
		member(assigned("t", 3, 1), assigned("u", 0)), member(assigned("t", 2, 1)), member(),
	}
	answer := kmsg.NewPtrConsumerGroupDescribeResponse()
	answer.Groups = []kmsg.ConsumerGroupDescribeResponseGroup{group}
	s := &scrape{ask: Request{Topic: anything, Assignments: true}}
	got := decodeAnswer(t, newConsumerGroupDescribeRequest(nil), answer, s.decodeConsumer)
	assert.Equal(t, map[string]description{"g": {
		state: "Stable", protocol: "uniform", members: 3, assignedKnown: true,
		assigned: []cluster.Assignment{
			{Topic: "t", Members: 2, Partitions: []int32{1, 2, 3}},
			{Topic: "u", Members: 1, Partitions: []int32{0}},
		},
	}}, got)
}
