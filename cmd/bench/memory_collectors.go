// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// collectorsGroup is the group of the receivers that share a cluster.
const collectorsGroup = "collectors"

// collectors is that group in memory. It has one generation, which begins when all have
// joined, and whose members stay until the end.
type collectors struct {
	size int

	mu         sync.Mutex
	members    []kmsg.JoinGroupResponseMember // the first of them leads
	assignment []byte
	joined     chan struct{} // closed when all have
	assign     sync.Once
	assigned   chan struct{} // closed when the leader has
}

func newCollectors(size int) collectors {
	return collectors{size: size, joined: make(chan struct{}), assigned: make(chan struct{})}
}

// joins reports whether the answer to a request depends on who else has joined.
func joins(request kmsg.Request) bool {
	switch request.(type) {
	case *kmsg.JoinGroupRequest, *kmsg.SyncGroupRequest:
		return true
	}
	return false
}

// respond makes the answer to a member, nil for what members do not ask.
func (c *collectors) respond(broker int32, request kmsg.Request) kmsg.Response {
	switch r := request.(type) {
	case *kmsg.FindCoordinatorRequest:
		answer := kmsg.NewPtrFindCoordinatorResponse()
		answer.NodeID = broker
		return answer
	case *kmsg.JoinGroupRequest:
		return c.join(r)
	case *kmsg.SyncGroupRequest:
		return c.sync(r)
	case *kmsg.HeartbeatRequest:
		return kmsg.NewPtrHeartbeatResponse()
	case *kmsg.LeaveGroupRequest:
		return kmsg.NewPtrLeaveGroupResponse()
	}
	return nil
}

func (c *collectors) join(r *kmsg.JoinGroupRequest) kmsg.Response {
	c.mu.Lock()
	m := kmsg.NewJoinGroupResponseMember()
	m.MemberID, m.ProtocolMetadata = fmt.Sprint("collector-", len(c.members)), r.Protocols[0].Metadata
	c.members = append(c.members, m)
	if len(c.members) == c.size {
		close(c.joined)
	}
	c.mu.Unlock()
	<-c.joined
	answer := kmsg.NewPtrJoinGroupResponse()
	answer.Generation, answer.MemberID, answer.LeaderID = 1, m.MemberID, c.members[0].MemberID
	if answer.LeaderID == answer.MemberID {
		answer.Members = c.members
	}
	return answer
}

func (c *collectors) sync(r *kmsg.SyncGroupRequest) kmsg.Response {
	if len(r.GroupAssignment) > 0 {
		c.assign.Do(func() {
			c.assignment = r.GroupAssignment[0].MemberAssignment // all are given the same
			close(c.assigned)
		})
	}
	<-c.assigned
	answer := kmsg.NewPtrSyncGroupResponse()
	answer.MemberAssignment = c.assignment
	return answer
}
