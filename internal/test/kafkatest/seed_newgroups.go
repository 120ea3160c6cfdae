// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"context"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// Epochs of a member's heartbeats.
const (
	joining int32 = 0
	leaving int32 = -1
)

// BeginRebalance has a member join an empty classic group and say nothing more, so that
// the group waits for it to assign partitions, for a minute.
func (s Seed) BeginRebalance(t testing.TB, group, topic string) {
	t.Helper()
	request := kmsg.NewPtrJoinGroupRequest()
	request.Group, request.ProtocolType = group, "consumer"
	request.SessionTimeoutMillis, request.RebalanceTimeoutMillis = 60_000, 60_000
	metadata := kmsg.NewConsumerMemberMetadata()
	metadata.Topics = []string{topic}
	protocol := kmsg.NewJoinGroupRequestProtocol()
	protocol.Name, protocol.Metadata = "range", metadata.AppendTo(nil)
	request.Protocols = []kmsg.JoinGroupRequestProtocol{protocol}
	beforeMemberIDs := kgo.MaxVersions(kversion.V2_1_0()) // later ones tell the member its id first
	s.heartbeat(t, group, request, func(answer kmsg.Response) int16 { return answer.(*kmsg.JoinGroupResponse).ErrorCode }, beforeMemberIDs)
}

// BeginConsumerRebalance has a member join a group of KIP-848 (Kafka 4.0 and later) and
// say nothing more, so that it is waited for until it counts as lost, within a minute.
func (s Seed) BeginConsumerRebalance(t testing.TB, group, topic string) {
	t.Helper()
	request := kmsg.NewPtrConsumerGroupHeartbeatRequest()
	request.Group, request.MemberID, request.MemberEpoch = group, "member", joining
	request.RebalanceTimeoutMillis, request.SubscribedTopicNames = 60_000, []string{topic}
	request.Topics = []kmsg.ConsumerGroupHeartbeatRequestTopic{}
	s.heartbeat(t, group, request, func(answer kmsg.Response) int16 { return answer.(*kmsg.ConsumerGroupHeartbeatResponse).ErrorCode })
}

// JoinShare makes a share group (Kafka 4.2 and later) with one member. The
// member says nothing more, so that the group has lost it again within a minute.
func (s Seed) JoinShare(t testing.TB, group string, topics ...string) {
	t.Helper()
	request := kmsg.NewPtrShareGroupHeartbeatRequest()
	request.GroupID, request.MemberID, request.MemberEpoch = group, "member", joining
	request.SubscribedTopicNames = topics
	s.heartbeat(t, group, request, func(answer kmsg.Response) int16 { return answer.(*kmsg.ShareGroupHeartbeatResponse).ErrorCode })
}

// JoinStreams makes a streams group (Kafka 4.2 and later) of an application that
// reads the topics. It has one member, who says nothing more.
func (s Seed) JoinStreams(t testing.TB, group string, topics ...string) {
	t.Helper()
	s.streams(t, group, joining, topics)
}

// LeaveStreams ends the membership that JoinStreams began.
func (s Seed) LeaveStreams(t testing.TB, group string) {
	t.Helper()
	s.streams(t, group, leaving, nil)
}

func (s Seed) streams(t testing.TB, group string, epoch int32, topics []string) {
	t.Helper()
	request := kmsg.NewPtrStreamsGroupHeartbeatRequest()
	request.Group, request.MemberID, request.MemberEpoch = group, "member", epoch
	if epoch == joining {
		process := "process"
		request.ProcessID, request.RebalanceTimeoutMillis = &process, 60_000
		request.ActiveTasks, request.StandbyTasks, request.WarmupTasks = []kmsg.TaskIDs{}, []kmsg.TaskIDs{}, []kmsg.TaskIDs{}
		request.ClientTags = []kmsg.StreamsGroupHeartbeatRequestClientTag{}
		subtopology := kmsg.NewStreamsGroupHeartbeatRequestTopologySubtopology()
		subtopology.SubtopologyID, subtopology.SourceTopics = "0", topics
		topology := kmsg.NewStreamsGroupHeartbeatRequestTopology()
		topology.Subtopologies = []kmsg.StreamsGroupHeartbeatRequestTopologySubtopology{subtopology}
		request.Topology = &topology
	}
	s.heartbeat(t, group, request, func(answer kmsg.Response) int16 { return answer.(*kmsg.StreamsGroupHeartbeatResponse).ErrorCode })
}

// heartbeat sends one request to the group's coordinator, past the client's own
// list of requests, which lacks some of these.
func (s Seed) heartbeat(t testing.TB, group string, request kmsg.Request, code func(kmsg.Response) int16, options ...kgo.Opt) {
	t.Helper()
	s.admin(t, func(ctx context.Context, admin *kadm.Client) error {
		coordinator := admin.FindGroupCoordinators(ctx, group)[group]
		if coordinator.Err != nil {
			return coordinator.Err
		}
		client := s.client(t, append([]kgo.Opt{kgo.MaxVersions(nil)}, options...)...)
		defer client.Close()
		answer, err := client.Broker(int(coordinator.NodeID)).Request(ctx, request)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(code(answer))
	})
}
