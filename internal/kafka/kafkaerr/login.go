// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaerr

import (
	"errors"
	"strings"

	"github.com/IBM/sarama"
)

// LoginError is a login that failed over a connection that is well.
type LoginError struct {
	Mechanism string
	Err       error
	Hints     LoginHints
}

// LoginHints is what a mechanism knows about its own failures.
type LoginHints struct {
	// Refused says what a broker may hold against what was shown to it.
	Refused string
	// Silent names those who did not answer; empty is nobody in particular.
	Silent string
	// Explain returns the cause of an error that has no code of Kafka's, "" where
	// the error says no more than itself. It may be nil.
	Explain func(error) string
}

func (e *LoginError) Error() string { return "login by " + e.Mechanism + ": " + e.Err.Error() }
func (e *LoginError) Unwrap() error { return e.Err }

// IsLoginRefused reports whether another login would be refused as well, as far as
// one can know.
func IsLoginRefused(err error) bool {
	_, noToken := errors.AsType[*TokenError](err)
	_, login := errors.AsType[*LoginError](err)
	return noToken || login && errors.Is(err, sarama.ErrSASLAuthenticationFailed)
}

func causeOfLogin(e *LoginError) string {
	cause := "SASL " + e.Mechanism + " login failed"
	if reason := e.reason(); reason != "" {
		cause += ": " + reason
	}
	return cause
}

// reason is "" where the error says no more than itself.
func (e *LoginError) reason() string {
	if token, ok := errors.AsType[*TokenError](e.Err); ok {
		return token.Cause
	}
	switch {
	case errors.Is(e.Err, sarama.ErrSASLAuthenticationFailed):
		return e.Hints.Refused
	case errors.Is(e.Err, sarama.ErrUnsupportedSASLMechanism):
		return "the broker does not offer this mechanism on this port"
	case errors.Is(e.Err, sarama.ErrIllegalSASLState):
		return "the broker expects no login on this port"
	case errors.Is(e.Err, sarama.ErrUnsupportedVersion):
		return "a broker before Kafka 1.0 wants protocol_version to be set"
	case IsTimeout(e.Err):
		return "no answer" + e.Hints.Silent + " within request_timeout"
	case gone(e.Err):
		return "the broker closed the connection: " + e.Hints.Refused + ", or it went down"
	case e.Hints.Explain != nil:
		return e.Hints.Explain(e.Err)
	}
	return ""
}

// TokenError is that there was nothing to log in with.
type TokenError struct {
	Cause string
	Err   error
}

// Error is one line, whatever others have answered.
func (e *TokenError) Error() string {
	return "no token: " + strings.Join(strings.Fields(e.Err.Error()), " ")
}

func (e *TokenError) Unwrap() error { return e.Err }
