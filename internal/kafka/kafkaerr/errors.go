// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package kafkaerr explains what goes wrong between this client and Kafka: the
// error's code, its likely cause, and whether asking again may help.
package kafkaerr

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/IBM/sarama"
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

// PanicError is a panic of the client library, most likely over bytes that a
// broker should not have sent.
type PanicError struct{ Value any }

func (e *PanicError) Error() string { return fmt.Sprintf("panic in the Kafka client: %v", e.Value) }

// IsUnsent tells whether err means that the request never left: the link is as
// good as before.
func IsUnsent(err error) bool {
	var encoding sarama.PacketEncodingError
	return errors.Is(err, sarama.ErrUnsupportedVersion) || errors.As(err, &encoding)
}

// IsUnsupported tells whether a broker does not know a request, which it said in
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
		return fmt.Sprintf("the answer has %d bytes, more than the %d that are read", binary.BigEndian.Uint32(e.Start[:]), sarama.MaxResponseSize)
	}
	return fmt.Sprintf("the answer does not begin like a Kafka response but with %q", e.Start[:])
}

// IsTooLarge tells whether err is an answer that is larger than what is read,
// and that smaller questions would avoid.
func IsTooLarge(err error) bool {
	e, ok := errors.AsType[*ProtocolError](err)
	return ok && e.Large
}
