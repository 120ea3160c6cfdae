// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package membership

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// Join joins the group, and returns its next generation when that is complete. A member
// without an id is given one, with the error that it is to join with it; one
// that keeps its name joins at once.
func (c *Client) Join(ctx context.Context, id string, introduction []byte) (coordination.Generation, error) {
	joined, err := ask(ctx, c, c.newJoinRequest(id, introduction), decodeJoined, func(j joined) sarama.KError { return j.code })
	return joined.generation, err
}

// newJoinRequest asks in the version that came with Kafka 2.3. The coordinator waits for
// as long as a session for members to join again.
func (c *Client) newJoinRequest(id string, introduction []byte) wire.Request {
	request := kmsg.NewPtrJoinGroupRequest()
	request.Group, request.MemberID, request.InstanceID, request.ProtocolType = c.group, id, c.instance, string(c.kind)
	request.SessionTimeoutMillis = int32(min(c.session.Milliseconds(), math.MaxInt32))
	request.RebalanceTimeoutMillis = request.SessionTimeoutMillis
	protocol := kmsg.NewJoinGroupRequestProtocol()
	protocol.Name, protocol.Metadata = coordination.Protocol, introduction
	request.Protocols = append(request.Protocols, protocol)
	return wire.Request{Request: request, Min: 5, Max: 5, Throttle: 2}
}

// joined is the answer to a JoinGroup.
type joined struct {
	code       sarama.KError
	generation coordination.Generation
}

func decodeJoined(r *wire.Reader) joined {
	j := joined{code: sarama.KError(r.Int16())}
	j.generation.Number = r.Int32()
	r.Text() // the protocol
	leader := string(r.Text())
	j.generation.Member = r.String()
	j.generation.Leads = leader == j.generation.Member && leader != ""
	n := r.Len(wire.Size{Strings: 2, Arrays: 1})
	if !r.Spend(memberMemory * n) {
		return j
	}
	j.generation.Members = make([]coordination.Member, 0, n)
	for range r.Elements(n) {
		m := coordination.Member{ID: r.String(), Instance: r.String(), Introduction: keep(r, r.Bytes())}
		j.generation.Members = append(j.generation.Members, m)
	}
	return j
}

// Sync hands in the assignment, which only the leader's does, and returns this member's.
func (c *Client) Sync(ctx context.Context, of coordination.Generation, assignment []byte) ([]byte, error) {
	synced, err := ask(ctx, c, c.newSyncRequest(of, assignment), decodeSynced, func(s synced) sarama.KError { return s.code })
	if errors.Is(err, sarama.ErrUnknown) { // that is how Kafka puts it
		err = fmt.Errorf("the group could not be written down, as when its collectors are so many that it outgrows the brokers' message.max.bytes: %w", err)
	}
	return synced.assignment, err
}

// newSyncRequest gives all members the same.
func (c *Client) newSyncRequest(of coordination.Generation, assignment []byte) wire.Request {
	request := kmsg.NewPtrSyncGroupRequest()
	request.Group, request.Generation, request.MemberID, request.InstanceID = c.group, of.Number, of.Member, c.instance
	for _, m := range of.Members {
		to := kmsg.NewSyncGroupRequestGroupAssignment()
		to.MemberID, to.MemberAssignment = m.ID, assignment
		request.GroupAssignment = append(request.GroupAssignment, to)
	}
	return wire.Request{Request: request, Min: 3, Max: 3, Throttle: 1}
}

// synced is the answer to a SyncGroup.
type synced struct {
	code       sarama.KError
	assignment []byte
}

func decodeSynced(r *wire.Reader) synced {
	return synced{code: sarama.KError(r.Int16()), assignment: keep(r, r.Bytes())}
}

// Heartbeat tells the coordinator that this member is alive.
func (c *Client) Heartbeat(ctx context.Context, of coordination.Generation) error {
	_, err := ask(ctx, c, c.newHeartbeatRequest(of), decodeCode, codeItself)
	return err
}

func (c *Client) newHeartbeatRequest(of coordination.Generation) wire.Request {
	request := kmsg.NewPtrHeartbeatRequest()
	request.Group, request.Generation, request.MemberID, request.InstanceID = c.group, of.Number, of.Member, c.instance
	return wire.Request{Request: request, Min: 3, Max: 3, Throttle: 1}
}

// Leave ends the membership.
func (c *Client) Leave(ctx context.Context, id string) error {
	_, err := ask(ctx, c, c.newLeaveRequest(id), decodeCode, codeItself)
	return err
}

func (c *Client) newLeaveRequest(id string) wire.Request {
	request := kmsg.NewPtrLeaveGroupRequest()
	request.Group, request.MemberID = c.group, id
	return wire.Request{Request: request, Min: 2, Max: 2, Throttle: 1}
}

func decodeCode(r *wire.Reader) sarama.KError { return sarama.KError(r.Int16()) }

func codeItself(code sarama.KError) sarama.KError { return code }
