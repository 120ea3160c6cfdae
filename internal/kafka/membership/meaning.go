// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package membership

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// meaning is what an error says of the membership. One that says nothing of it is no
// answer, and remains.
func (c *Client) meaning(err error) error {
	switch {
	case errors.Is(err, sarama.ErrRebalanceInProgress):
		return coordination.ErrRebalance
	case errors.Is(err, sarama.ErrUnknownMemberId), errors.Is(err, sarama.ErrIllegalGeneration):
		return coordination.ErrNotMember
	case errors.Is(err, sarama.ErrMemberIdRequired):
		return coordination.ErrNewID
	case errors.Is(err, sarama.ErrFencedInstancedId):
		return &coordination.RefusedError{After: coordination.Never, Reason: fmt.Sprintf(
			"%q is %q: must be another one for each collector, and one with the same has joined the group later", "coordination.instance_id", *c.instance)}
	case isOtherCluster(err):
		return fmt.Errorf("%w: %w", coordination.ErrOtherCluster, err)
	case kafkaerr.IsLoginRefused(err):
		return &coordination.RefusedError{After: betweenLogins, Reason: fmt.Sprintf("%s: %v", cmp.Or(kafkaerr.Cause(err), "the login is refused"), err)}
	case kafkaerr.IsUnsupported(err):
		return refused("coordination needs Kafka 2.3 or later, and protocol_version at least 2.3.0 where it is set")
	case errors.Is(err, sarama.ErrGroupAuthorizationFailed):
		return refused("an ACL is missing: Read on the group %q (kafka-acls.sh --add --operation Read --group '%s' --allow-principal User:...)",
			c.group, c.group)
	case errors.Is(err, sarama.ErrInvalidSessionTimeout):
		return refused("%q is %v: must be within the brokers' group.min.session.timeout.ms and group.max.session.timeout.ms (6s and 30m by default); the broker answers %s",
			"coordination.session_timeout", c.session, kafkaerr.Code(err))
	case errors.Is(err, sarama.ErrInvalidGroupId):
		return refused("%q is %q: must be one that Kafka takes; the broker answers %s", groupKey, c.group, kafkaerr.Code(err))
	case errors.Is(err, sarama.ErrInconsistentGroupProtocol):
		return refused("%q is %q: must be a group of its own, and that one has members of another kind; the broker answers %s", groupKey, c.group, kafkaerr.Code(err))
	}
	return err
}

func isOtherCluster(err error) bool {
	_, other := errors.AsType[*kafkaerr.OtherClusterError](err)
	return other
}

// betweenLogins is between two logins after one that was refused: attempts may lock an
// account.
const betweenLogins = time.Minute

const groupKey = "coordination.group_id"

func refused(format string, args ...any) error {
	return &coordination.RefusedError{Reason: fmt.Sprintf(format, args...)}
}

// isWord reports whether an error, or none, is the word of the group's coordinator.
func isWord(err error) bool {
	return err == nil || errors.Is(err, coordination.ErrRebalance) || errors.Is(err, coordination.ErrNotMember) ||
		errors.Is(err, coordination.ErrNewID)
}
