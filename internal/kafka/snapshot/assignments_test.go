// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
			assert.False(t, got.rebalancing)
			assert.False(t, got.epochKnown)
			for _, state := range []string{"PreparingRebalance", "CompletingRebalance", "AwaitingSync"} {
				d.State = state
				got = describedAs(t, d)
				assert.True(t, got.rebalancing)
				assert.Equal(t, len(tt.members) == 0 || tt.protocol != "consumer", got.assignedKnown, "while it rebalances nothing is assigned")
			}
		})
	}
}

// describedAs decodes a broker's answer about one classic group.
func describedAs(t *testing.T, group kmsg.DescribeGroupsResponseGroup) description {
	t.Helper()
	s := &scrape{ask: Request{Topic: anything, Assignments: true}, snapshot: &cluster.Snapshot{}}
	answer := kmsg.NewPtrDescribeGroupsResponse()
	answer.Groups = []kmsg.DescribeGroupsResponseGroup{group}
	return decodeAnswer(t, newDescribeGroupsRequest(nil), answer, s.decodeClassic)[group.Group]
}

// consumerMember is a member of a group of KIP-848 that has what it is to have.
func consumerMember(client string, topics ...kmsg.AssignmentTopicPartition) kmsg.ConsumerGroupDescribeResponseGroupMember {
	m := kmsg.NewConsumerGroupDescribeResponseGroupMember()
	m.ClientID, m.ClientHost, m.SubscribedTopics = client, "/10.0.0.1", []string{"t", "u"}
	m.Assignment.TopicPartitions = topics
	m.TargetAssignment.TopicPartitions = slices.Clone(topics)
	slices.Reverse(m.TargetAssignment.TopicPartitions) // brokers keep no order
	return m
}

func assigned(topic string, partitions ...int32) kmsg.AssignmentTopicPartition {
	return kmsg.AssignmentTopicPartition{TopicID: [16]byte{topic[0]}, Topic: topic, Partitions: partitions}
}

// describedConsumer is what is made of a broker's answer about a group of KIP-848.
func describedConsumer(t *testing.T, s *scrape, state string, members ...kmsg.ConsumerGroupDescribeResponseGroupMember) description {
	t.Helper()
	group := kmsg.NewConsumerGroupDescribeResponseGroup()
	group.Group, group.State, group.Epoch, group.AssignmentEpoch, group.AssignorName = "g", state, 7, 6, "uniform"
	group.Members = members
	answer := kmsg.NewPtrConsumerGroupDescribeResponse()
	answer.Groups = []kmsg.ConsumerGroupDescribeResponseGroup{group}
	return decodeAnswer(t, newConsumerGroupDescribeRequest(nil), answer, s.decodeConsumer)["g"]
}

func TestAssignConsumer(t *testing.T) {
	got := describedConsumer(t, &scrape{ask: Request{Topic: anything, Assignments: true}, snapshot: topicOfFour()}, "Stable",
		consumerMember("a", assigned("t", 3, 1), assigned("u", 0)), consumerMember("b", assigned("t", 2, 1)), consumerMember("c"))
	assert.Equal(t, description{
		state: "Stable", protocol: "uniform", members: 3, epoch: 7, epochKnown: true, assignedKnown: true,
		assigned: []cluster.Assignment{
			{Topic: "t", Members: 2, Partitions: []int32{1, 2, 3}},
			{Topic: "u", Members: 1, Partitions: []int32{0}},
		},
	}, got)
}

// A group of KIP-848 is settled when its members have what they are to have.
func TestRebalancingConsumer(t *testing.T) {
	has := assigned("t", 0, 1)
	for name, tt := range map[string]struct {
		state  string
		target []kmsg.AssignmentTopicPartition
		want   bool
	}{
		"settled":                  {"Stable", []kmsg.AssignmentTopicPartition{assigned("t", 1), assigned("t", 0)}, false},
		"its state":                {"Reconciling", []kmsg.AssignmentTopicPartition{has}, true},
		"its state, too":           {"Assigning", []kmsg.AssignmentTopicPartition{has}, true},
		"one is to go":             {"Stable", []kmsg.AssignmentTopicPartition{assigned("t", 0)}, true},
		"one is to come":           {"Stable", []kmsg.AssignmentTopicPartition{assigned("t", 0, 1, 2)}, true},
		"the same of another":      {"Stable", []kmsg.AssignmentTopicPartition{assigned("u", 0, 1)}, true},
		"all are to go":            {"Stable", nil, true},
		"as many others":           {"Stable", []kmsg.AssignmentTopicPartition{assigned("t", 0, 2)}, true},
		"one twice, one not there": {"Stable", []kmsg.AssignmentTopicPartition{assigned("t", 0, 0)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			m := consumerMember("a", has)
			m.TargetAssignment.TopicPartitions = tt.target
			s := &scrape{ask: Request{Topic: anything}, snapshot: topicOfFour()}
			assert.Equal(t, tt.want, describedConsumer(t, s, tt.state, m).rebalancing)
		})
	}
}

// topicOfFour is a topic t of four partitions.
func topicOfFour() *cluster.Snapshot {
	return &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": {Partitions: []cluster.Partition{{ID: 0}, {ID: 1}, {ID: 2}, {ID: 3}}}}}
}

var owners = Request{Topic: func(name string) bool { return name == "t" }, Assignments: true, Owners: true}

// Each partition has one owner. Where two members name it, it is the first one's.
func TestOwnersOfConsumers(t *testing.T) {
	named := consumerMember("b", assigned("t", 1, 2), assigned("u", 0))
	named.InstanceID = new("host-2")
	got := describedConsumer(t, &scrape{ask: owners, snapshot: topicOfFour()}, "Stable", consumerMember("a", assigned("t", 3, 1)), named, consumerMember("idle"))
	a, b := &cluster.Member{ClientID: "a", Host: "/10.0.0.1"}, &cluster.Member{ClientID: "b", Host: "/10.0.0.1", InstanceID: "host-2"}
	assert.Equal(t, []cluster.Assignment{
		{Topic: "t", Members: 2, Partitions: []int32{1, 2, 3}, Owners: []*cluster.Member{a, b, a}},
	}, got.assigned)
	assert.Same(t, got.assigned[0].Owners[0], got.assigned[0].Owners[2], "a member is kept once")
}

func TestOwnersOfClassicMembers(t *testing.T) {
	told := kmsg.NewDescribeGroupsResponseGroup()
	told.ProtocolType = consumerProtocol
	for _, client := range []string{"a", "b"} {
		m := kmsg.NewDescribeGroupsResponseGroupMember()
		m.ClientID, m.ClientHost, m.InstanceID = client, "/10.0.0.1", new("i-"+client)
		m.MemberAssignment = assignment
		told.Members = append(told.Members, m)
	}
	answer := kmsg.NewPtrDescribeGroupsResponse()
	answer.Groups = []kmsg.DescribeGroupsResponseGroup{told}
	s := &scrape{ask: owners, snapshot: topicOfFour()}
	got := decodeAnswer(t, newDescribeGroupsRequest(nil), answer, s.decodeClassic)[""]
	a := &cluster.Member{ClientID: "a", Host: "/10.0.0.1", InstanceID: "i-a"}
	assert.Equal(t, []cluster.Assignment{{Topic: "t", Members: 2, Partitions: []int32{0, 2}, Owners: []*cluster.Member{a, a}}}, got.assigned)
}

// A client may claim partitions that are not there, and choose names of any length.
func TestOwnersAreBounded(t *testing.T) {
	fake := seeded(t, 1, 3, 0)
	fake.Join(t, "classic", "t0")
	fake.Rewrite(kmsg.DescribeGroups, func(_ int32, answer kmsg.Response) {
		for i := range answer.(*kmsg.DescribeGroupsResponse).Groups {
			g := &answer.(*kmsg.DescribeGroupsResponse).Groups[i]
			for m := range g.Members {
				g.Members[m].ClientID = strings.Repeat("ß", 1000)
				g.Members[m].MemberAssignment = assignmentOf("t0", 0, 2, 3, -1, math.MaxInt32)
			}
		}
	})
	ask := everything()
	ask.Assignments, ask.Owners = true, true
	got := snapshot(t, newTestClient(t, fake.Brokers()...), ask).Groups["classic"].Assigned
	require.Len(t, got, 1)
	assert.Equal(t, []int32{0, 2}, got[0].Partitions)
	require.Len(t, got[0].Owners, 2)
	assert.Equal(t, strings.Repeat("ß", 127), got[0].Owners[0].ClientID, "cut between two characters")
}

// Where it is not known which partitions there are, all that are assigned count, and
// none has an owner.
func TestNoOwnersInUnclearTopics(t *testing.T) {
	s := topicOfFour()
	s.Topics["t"].Unclear = true
	for name, topics := range map[string]map[string]*cluster.Topic{"unclear": s.Topics, "newer than the metadata": nil} {
		t.Run(name, func(t *testing.T) {
			s := &scrape{ask: owners, snapshot: &cluster.Snapshot{Topics: topics}}
			got := describedConsumer(t, s, "Stable", consumerMember("a", assigned("t", 1, 7)))
			assert.Equal(t, []cluster.Assignment{{Topic: "t", Members: 1, Partitions: []int32{1, 7}}}, got.assigned)
		})
	}
}

// assignmentOf is what an assignor writes of one topic.
func assignmentOf(topic string, partitions ...int32) []byte {
	a := kmsg.NewConsumerMemberAssignment()
	a.Topics = []kmsg.ConsumerMemberAssignmentTopic{{Topic: topic, Partitions: partitions}}
	return a.AppendTo(nil)
}
