// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// tasksOf is partitions of a subtopology.
func tasksOf(subtopology string, partitions ...int32) []kmsg.TaskIDs {
	return []kmsg.TaskIDs{{SubtopologyID: subtopology, Partitions: partitions}}
}

// streamsMember has what it is to have, and fills in what decoders pass by.
func streamsMember(client string, has kmsg.StreamsAssignment) kmsg.StreamsGroupDescribeResponseGroupMember {
	m := kmsg.NewStreamsGroupDescribeResponseGroupMember()
	m.MemberID, m.ClientID, m.ClientHost, m.ProcessID = "m-"+client, client, "/10.0.0.1", "p"
	m.UserEndpoint = &kmsg.StreamsGroupDescribeResponseGroupMemberUserEndpoint{Host: "h", Port: 65535}
	m.ClientTags = []kmsg.StreamsGroupDescribeResponseGroupMemberClientTag{{Key: "zone", Value: "a"}}
	m.TaskOffsets = []kmsg.TaskOffset{{SubtopologyID: "0", Partition: 1, Offset: 7}}
	m.TaskEndOffsets = m.TaskOffsets
	m.Assignment, m.TargetAssignment = has, has
	return m
}

// streamsTopology has a subtopology that reads t and what 1 writes, and one of u.
func streamsTopology() *kmsg.StreamsGroupDescribeResponseGroupTopology {
	internal := []kmsg.TopicInfo{{Topic: "app-repartition", NumPartitions: 2, Configs: []kmsg.TopicInfoConfig{{Key: "a", Value: "b"}}}}
	return &kmsg.StreamsGroupDescribeResponseGroupTopology{Epoch: 1, Subtopologies: []kmsg.StreamsGroupDescribeResponseGroupTopologySubtopology{
		{SubtopologyID: "0", SourceTopics: []string{"t"}, StateChangelogTopics: []kmsg.TopicInfo{{Topic: "app-changelog"}}, RepartitionSourceTopics: internal},
		{SubtopologyID: "1", SourceTopics: []string{"u"}, RepartitionSinkTopics: []string{"app-repartition"}},
	}}
}

func describedStreams(t *testing.T, s *scrape, state string, members ...kmsg.StreamsGroupDescribeResponseGroupMember) description {
	t.Helper()
	group := kmsg.NewStreamsGroupDescribeResponseGroup()
	group.Group, group.State, group.Epoch, group.Topology, group.Members = "app", state, 9, streamsTopology(), members
	answer := kmsg.NewPtrStreamsGroupDescribeResponse()
	answer.Groups = []kmsg.StreamsGroupDescribeResponseGroup{group}
	return decodeAnswer(t, newStreamsGroupDescribeRequest(nil), answer, s.decodeStreams)["app"]
}

func TestDecodeStreams(t *testing.T) {
	a := streamsMember("a", kmsg.StreamsAssignment{ActiveTasks: append(tasksOf("0", 2, 0), tasksOf("1", 0)...), StandbyTasks: tasksOf("0", 1)})
	b := streamsMember("b", kmsg.StreamsAssignment{ActiveTasks: tasksOf("0", 1, 9), StandbyTasks: tasksOf("0", 0, 2), WarmupTasks: tasksOf("0", 2)})
	want := description{
		state: "Stable", members: 2, epoch: 9, epochKnown: true,
		tasks: cluster.Tasks{Active: 5, Standby: 3, Warmup: 1},
	}
	assert.Equal(t, want, describedStreams(t, &scrape{snapshot: topicOfFour()}, "Stable", a, b))

	of := owners
	of.Topic = anything
	has := &cluster.Member{ClientID: "a", Host: "/10.0.0.1"}
	other := &cluster.Member{ClientID: "b", Host: "/10.0.0.1"}
	want.assignedKnown = true
	want.assigned = []cluster.Assignment{
		{Topic: "app-repartition", Members: 2, Partitions: []int32{0, 1, 2, 9}}, // which is not in the metadata
		{Topic: "t", Members: 2, Partitions: []int32{0, 1, 2}, Owners: []*cluster.Member{has, other, has}},
		{Topic: "u", Members: 1, Partitions: []int32{0}},
	}
	assert.Equal(t, want, describedStreams(t, &scrape{ask: of, snapshot: topicOfFour()}, "Stable", a, b))
}

// A streams group is settled when its members have the tasks that they are to have, each
// as the kind that it is to be.
func TestRebalancingStreams(t *testing.T) {
	for name, tt := range map[string]struct {
		state  string
		target kmsg.StreamsAssignment
		want   bool
	}{
		"settled":          {"Stable", kmsg.StreamsAssignment{ActiveTasks: append(tasksOf("0", 1), tasksOf("0", 0)...)}, false},
		"its state":        {"Reconciling", kmsg.StreamsAssignment{ActiveTasks: tasksOf("0", 0, 1)}, true},
		"one is to go":     {"Stable", kmsg.StreamsAssignment{ActiveTasks: tasksOf("0", 0)}, true},
		"another's":        {"Stable", kmsg.StreamsAssignment{ActiveTasks: tasksOf("1", 0, 1)}, true},
		"of another kind":  {"Stable", kmsg.StreamsAssignment{StandbyTasks: tasksOf("0", 0, 1)}, true},
		"one is to follow": {"Stable", kmsg.StreamsAssignment{ActiveTasks: tasksOf("0", 0, 1), WarmupTasks: tasksOf("0", 2)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			m := streamsMember("a", kmsg.StreamsAssignment{ActiveTasks: tasksOf("0", 0, 1)})
			m.TargetAssignment = tt.target
			assert.Equal(t, tt.want, describedStreams(t, &scrape{snapshot: topicOfFour()}, tt.state, m).rebalancing)
		})
	}
}

// Without the topology, it is not known what a task reads.
func TestTasksOfAnotherTopology(t *testing.T) {
	m := streamsMember("a", kmsg.StreamsAssignment{ActiveTasks: tasksOf("7", 0)})
	assert.False(t, describedStreams(t, &scrape{ask: owners, snapshot: topicOfFour()}, "Stable", m).assignedKnown)
	assert.True(t, describedStreams(t, &scrape{ask: owners, snapshot: topicOfFour()}, "NotReady", streamsMember("a", kmsg.StreamsAssignment{})).assignedKnown)
}

// A group that its coordinator does not describe has no topology.
func TestStreamsGroupsThatFail(t *testing.T) {
	answer := kmsg.NewPtrStreamsGroupDescribeResponse()
	for name, code := range map[string]int16{"denied": kerr.GroupAuthorizationFailed.Code, "gone": kerr.GroupIDNotFound.Code, "well": 0} {
		group := kmsg.NewStreamsGroupDescribeResponseGroup()
		group.Group, group.ErrorCode = name, code
		answer.Groups = append(answer.Groups, group)
	}
	s := &scrape{snapshot: &cluster.Snapshot{}}
	answers := decodeAnswer(t, newStreamsGroupDescribeRequest(nil), answer, s.decodeStreams)
	known, failed := sortDescriptions([]*cluster.Group{{Name: "denied"}, {Name: "gone"}, {Name: "well"}}, answers)
	require.Len(t, known, 1)
	assert.Equal(t, "well", known[0].group.Name)
	assert.Equal(t, []groupError{{group: "denied", err: sarama.ErrGroupAuthorizationFailed}}, failed)
}

// Of a group of a type that is not known here, what it committed is asked for and
// nothing else.
func TestGroupOfAnUnknownType(t *testing.T) {
	fake := seeded(t, 1, 3, 2)
	fake.Rewrite(kmsg.ListGroups, func(_ int32, answer kmsg.Response) {
		for i := range answer.(*kmsg.ListGroupsResponse).Groups {
			answer.(*kmsg.ListGroupsResponse).Groups[i].GroupType = "Mystic"
		}
	})
	requests := kafkatest.NewTally()
	s := snapshot(t, newClientOf(t, testConfig(fake.Brokers()...), requests), everything())
	require.Empty(t, s.Failures)
	require.Len(t, s.Groups, 2)
	for _, g := range s.Groups {
		assert.Equal(t, "mystic", g.Type)
		assert.True(t, g.CommitsKnown)
		assert.False(t, g.Described)
	}
	for _, api := range []string{"DescribeGroups", "ConsumerGroupDescribe", "ShareGroupDescribe", "StreamsGroupDescribe"} {
		assert.Zero(t, requests.Requests[api], api)
	}
}
