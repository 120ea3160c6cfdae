// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	protocolType = "consumer"
	protocol     = "range"
	// absence is how long a member may be silent: the longest that Kafka allows by
	// default. These never say anything.
	absence = 30 * time.Minute
)

// joinAll has a member join each group that has one.
func joinAll(ctx context.Context, client *kgo.Client, z size) error {
	for g := range z.groups {
		if !hasMember(g) {
			continue
		}
		if err := join(ctx, client, z, g); err != nil {
			return fmt.Errorf("%s: %w", groupName(g), err)
		}
	}
	return nil
}

// join makes a member that is assigned all that its group has committed in, as
// its leader. It sends no heartbeats.
func join(ctx context.Context, client *kgo.Client, z size, group int) error {
	request := kmsg.NewPtrJoinGroupRequest()
	request.Group, request.ProtocolType = groupName(group), protocolType
	request.SessionTimeoutMillis = int32(absence.Milliseconds())
	request.RebalanceTimeoutMillis = int32(time.Minute.Milliseconds())
	offer := kmsg.NewJoinGroupRequestProtocol()
	offer.Name, offer.Metadata = protocol, z.subscription(group)
	request.Protocols = append(request.Protocols, offer)
	joined, err := request.RequestWith(ctx, client)
	if err == nil && joined.ErrorCode == kerr.MemberIDRequired.Code {
		request.MemberID = joined.MemberID
		joined, err = request.RequestWith(ctx, client)
	}
	if err != nil {
		return err
	}
	if err := kerr.ErrorForCode(joined.ErrorCode); err != nil {
		return err
	}
	sync := kmsg.NewPtrSyncGroupRequest()
	sync.Group, sync.Generation, sync.MemberID = request.Group, joined.Generation, joined.MemberID
	sync.ProtocolType, sync.Protocol = new(protocolType), new(protocol)
	mine := kmsg.NewSyncGroupRequestGroupAssignment()
	mine.MemberID, mine.MemberAssignment = joined.MemberID, z.assignment(group)
	sync.GroupAssignment = append(sync.GroupAssignment, mine)
	synced, err := sync.RequestWith(ctx, client)
	if err != nil {
		return err
	}
	return kerr.ErrorForCode(synced.ErrorCode)
}

// subscription is what a member says of itself when it joins.
func (z size) subscription(group int) []byte {
	var m kmsg.ConsumerMemberMetadata
	for topic := range z.commitsOf(group) {
		m.Topics = append(m.Topics, topicName(topic))
	}
	return m.AppendTo(nil)
}

// assignment is what the coordinator assigns to a member.
func (z size) assignment(group int) []byte {
	var a kmsg.ConsumerMemberAssignment
	for topic, partitions := range z.commitsOf(group) {
		t := kmsg.NewConsumerMemberAssignmentTopic()
		t.Topic = topicName(topic)
		for p := range partitions {
			t.Partitions = append(t.Partitions, int32(p))
		}
		a.Topics = append(a.Topics, t)
	}
	return a.AppendTo(nil)
}
