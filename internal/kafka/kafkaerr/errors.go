// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package kafkaerr explains what goes wrong between this client and Kafka: the
// error's code, its likely cause, and whether asking again may help.
package kafkaerr

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

var (
	// ErrNoAnswer says that the time limit of a request passed.
	ErrNoAnswer = errors.New("no answer within request_timeout")
	// ErrNotAnswered says that the answer leaves out something that was requested.
	ErrNotAnswered = errors.New("left out of the answer")
	// ErrNoBrokers says that the metadata is empty.
	ErrNoBrokers = errors.New("the metadata names no brokers")
	// ErrNoLeader says that nobody can be asked about a partition.
	ErrNoLeader = errors.New("its leader is not among the brokers")
)

// OpenError is a connection that could not be made ready for requests.
type OpenError struct {
	Err     error
	Reached bool // there was a TCP connection
	Silent  bool // the peer never sent a response
}

func (e *OpenError) Error() string { return "connect: " + e.Err.Error() }
func (e *OpenError) Unwrap() error { return e.Err }

// RequestError is a connection that broke on its first request.
type RequestError struct{ Err error }

func (e *RequestError) Error() string { return e.Err.Error() }
func (e *RequestError) Unwrap() error { return e.Err }

// TLSError is a TLS handshake that failed.
type TLSError struct{ Err error }

func (e *TLSError) Error() string { return "tls handshake: " + e.Err.Error() }
func (e *TLSError) Unwrap() error { return e.Err }

// OtherClusterError is a broker of another cluster than the one that is reported.
type OtherClusterError struct{ Reported, Found string }

func (e *OtherClusterError) Error() string {
	return fmt.Sprintf("it belongs to the cluster %.64q, not to %.64q", e.Found, e.Reported)
}

// PanicError is a panic of the client library, most likely over bytes that a
// broker should not have sent.
type PanicError struct{ Value any }

func (e *PanicError) Error() string { return fmt.Sprintf("panic in the Kafka client: %v", e.Value) }

// MaxAnswer is how many bytes of one answer are read at most.
const MaxAnswer = 100 << 20

// ThrottledError is a request that was not sent because the broker throttles this
// client for longer than the request may take.
type ThrottledError struct{ For time.Duration }

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("not asked: the broker throttles this client for another %v", e.For.Round(time.Millisecond))
}

// IsThrottled reports whether a request was not sent because of a quota.
func IsThrottled(err error) bool {
	_, ok := errors.AsType[*ThrottledError](err)
	return ok
}

// IsMalformed reports whether a peer sent what is not Kafka's, on a connection
// that had worked until then.
func IsMalformed(err error) bool {
	if e, ok := errors.AsType[*ProtocolError](err); ok {
		return !e.First && !e.Large
	}
	if _, ok := errors.AsType[*wire.MalformedError](err); ok {
		return true
	}
	if _, ok := errors.AsType[sarama.PacketDecodingError](err); ok || errors.Is(err, sarama.ErrInsufficientData) {
		return true
	}
	_, ok := errors.AsType[*PanicError](err)
	return ok
}

// IsUnsent reports whether err means that the request never left: the link is as
// good as before.
func IsUnsent(err error) bool { return IsUnsupported(err) || IsThrottled(err) }

// IsUnsupported reports whether a broker does not know a request, which it said in
// its answer or, more often, when the protocol was negotiated. The request was
// then never sent.
func IsUnsupported(err error) bool { return errors.Is(err, sarama.ErrUnsupportedVersion) }

// ProtocolError is a peer that sent something other than a Kafka response.
type ProtocolError struct {
	Start [4]byte // what stands in the place of its length
	First bool    // nothing sensible came before
	Large bool    // it does, but is larger than what is read
}

func (e *ProtocolError) Error() string {
	if e.Large {
		return fmt.Sprintf("the answer has %d bytes, more than the %d that are read", binary.BigEndian.Uint32(e.Start[:]), MaxAnswer)
	}
	return fmt.Sprintf("the answer does not begin like a Kafka response but with %q", e.Start[:])
}

// IsTooLarge reports whether err is an answer that is larger than what is read,
// and that smaller questions would avoid.
func IsTooLarge(err error) bool {
	e, ok := errors.AsType[*ProtocolError](err)
	return ok && e.Large
}
