// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaerr

import (
	"context"
	"errors"
	"net"
	"os"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// OK reports whether Kafka answered without an error. Its code for success is
// not nil.
func OK(code sarama.KError) bool { return code == sarama.ErrNoError }

// kafkaCode is the error code that a broker answered with, where err is one.
func kafkaCode(err error) (sarama.KError, bool) {
	if code, ok := errors.AsType[sarama.KError](err); ok {
		return code, true
	}
	// The library puts the code of a refused login where only a comparison
	// finds it.
	for _, code := range []sarama.KError{
		sarama.ErrSASLAuthenticationFailed, sarama.ErrUnsupportedSASLMechanism, sarama.ErrIllegalSASLState,
	} {
		if errors.Is(err, code) {
			return code, true
		}
	}
	return 0, false
}

// Code is Kafka's name of an error, or one of the names that
// [cluster.Failure] lists for what is none of Kafka's.
func Code(err error) string {
	code, ok := kafkaCode(err)
	switch {
	case ok:
		return CodeName(code)
	case errors.Is(err, ErrNotAnswered), errors.Is(err, ErrNoBrokers):
		return cluster.CodeIncomplete
	case errors.Is(err, ErrNoLeader):
		return cluster.CodeNoLeader
	case IsTooLarge(err):
		return cluster.CodeTooLarge
	case IsThrottled(err):
		return cluster.CodeThrottled
	case IsTimeout(err):
		return cluster.CodeNoAnswer
	}
	if _, ok := errors.AsType[*LoginError](err); ok {
		return cluster.CodeNoLogin
	}
	if IsMalformed(err) {
		return cluster.CodeBadAnswer
	}
	if _, ok := errors.AsType[*OtherClusterError](err); ok {
		return cluster.CodeOtherCluster
	}
	return cluster.CodeNoConnection
}

// IsTimeout reports whether err is a deadline that passed, ours or the system's.
func IsTimeout(err error) bool {
	if errors.Is(err, ErrNoAnswer) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return true
	}
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// IsRetriable reports whether a retry with fresh metadata may succeed: a leader, a
// coordinator or the controller has moved, or the connection broke to a broker that
// was well until then, which steady says.
func IsRetriable(err error, steady bool) bool {
	code, ok := kafkaCode(err)
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return false
	case !ok:
		if _, refused := errors.AsType[*LoginError](err); refused && !gone(err) {
			return false
		}
		return steady && !IsUnsent(err) && !IsTooLarge(err)
	}
	switch code {
	case sarama.ErrNotLeaderForPartition, sarama.ErrLeaderNotAvailable, sarama.ErrReplicaNotAvailable,
		sarama.ErrUnknownTopicOrPartition, sarama.ErrOffsetNotAvailable, sarama.ErrFencedLeaderEpoch,
		sarama.ErrUnknownLeaderEpoch, sarama.ErrKafkaStorageError, sarama.ErrBrokerNotAvailable,
		sarama.ErrNotCoordinatorForConsumer, sarama.ErrConsumerCoordinatorNotAvailable, sarama.ErrNotController,
		sarama.ErrOffsetsLoadInProgress, sarama.ErrRequestTimedOut, sarama.ErrNetworkException:
		return true
	}
	return false
}
