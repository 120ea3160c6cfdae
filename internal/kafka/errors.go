// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/IBM/sarama"
)

var (
	// errNoAnswer: the time limit of a request passed.
	errNoAnswer = errors.New("no answer within request_timeout")
	// errNotAnswered: the answer leaves out something that was requested.
	errNotAnswered = errors.New("left out of the answer")
	// errNoBrokers: the metadata is empty.
	errNoBrokers = errors.New("the metadata names no brokers")
	// errNoLeader: a partition cannot be requested from anybody.
	errNoLeader = errors.New("its leader is not among the brokers")
)

// openError is a connection that could not be made ready for requests.
type openError struct {
	err     error
	reached bool // there was a TCP connection
	silent  bool // the peer never sent a response
}

func (e *openError) Error() string { return "connect: " + e.err.Error() }
func (e *openError) Unwrap() error { return e.err }

// requestError is a connection that broke on its first request.
type requestError struct{ err error }

func (e *requestError) Error() string { return e.err.Error() }
func (e *requestError) Unwrap() error { return e.err }

// tlsError is a TLS handshake that failed.
type tlsError struct{ err error }

func (e *tlsError) Error() string { return "tls handshake: " + e.err.Error() }
func (e *tlsError) Unwrap() error { return e.err }

// panicError is a panic of the client library, most likely over bytes that a
// broker should not have sent.
type panicError struct{ value any }

func (e *panicError) Error() string { return fmt.Sprintf("panic in the Kafka client: %v", e.value) }

// unsent tells whether err means that the request never left: the link is as
// good as before.
func unsent(err error) bool {
	var encoding sarama.PacketEncodingError
	return errors.Is(err, sarama.ErrUnsupportedVersion) || errors.As(err, &encoding)
}

// unsupported tells whether a broker does not know a request, which it said in
// its answer or, more often, when the protocol was negotiated. The request was
// then never sent.
func unsupported(err error) bool { return errors.Is(err, sarama.ErrUnsupportedVersion) }

// notKafkaError is a peer that sent something other than a Kafka response.
type notKafkaError struct {
	start [4]byte // what stands in the place of its length
	first bool    // nothing sensible came before
	large bool    // it does, but is larger than what is read
}

func (e *notKafkaError) Error() string {
	if e.large {
		return fmt.Sprintf("the answer has %d bytes, more than the %d that are read", binary.BigEndian.Uint32(e.start[:]), sarama.MaxResponseSize)
	}
	return fmt.Sprintf("the answer does not begin like a Kafka response but with %q", e.start[:])
}

// tooLarge tells whether err is an answer that is larger than what is read,
// and that smaller questions would avoid.
func tooLarge(err error) bool {
	e, ok := errors.AsType[*notKafkaError](err)
	return ok && e.large
}
