// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"errors"
	"strings"

	"github.com/IBM/sarama"
)

// loginError is a login that failed over a connection that is well.
type loginError struct {
	mechanism string
	err       error
	hints     loginHints
}

// loginHints is what a mechanism knows about its own failures.
type loginHints struct {
	// refused says what a broker may hold against what was shown to it.
	refused string
	// silent names those who did not answer; empty is nobody in particular.
	silent string
	// explain returns the cause of an error that has no code of Kafka's, "" where
	// the error tells no more than itself. It may be nil.
	explain func(error) string
}

func (e *loginError) Error() string { return "login by " + e.mechanism + ": " + e.err.Error() }
func (e *loginError) Unwrap() error { return e.err }

// isRefusal reports whether another login would be refused as well, as far as
// one can know.
func isRefusal(err error) bool {
	_, noToken := errors.AsType[*tokenError](err)
	_, login := errors.AsType[*loginError](err)
	return noToken || login && errors.Is(err, sarama.ErrSASLAuthenticationFailed)
}

func causeOfLogin(e *loginError) string {
	cause := "SASL " + e.mechanism + " login failed"
	if reason := e.reason(); reason != "" {
		cause += ": " + reason
	}
	return cause
}

// reason is "" where the error tells no more than itself.
func (e *loginError) reason() string {
	if token, ok := errors.AsType[*tokenError](e.err); ok {
		return token.cause
	}
	switch {
	case errors.Is(e.err, sarama.ErrSASLAuthenticationFailed):
		return e.hints.refused
	case errors.Is(e.err, sarama.ErrUnsupportedSASLMechanism):
		return "the broker does not offer this mechanism on this port"
	case errors.Is(e.err, sarama.ErrIllegalSASLState):
		return "the broker expects no login on this port"
	case errors.Is(e.err, sarama.ErrUnsupportedVersion):
		return "a broker before Kafka 1.0 wants protocol_version to be set"
	case timedOut(e.err):
		return "no answer" + e.hints.silent + " within request_timeout"
	case gone(e.err):
		return "the broker closed the connection: " + e.hints.refused + ", or it went down"
	case e.hints.explain != nil:
		return e.hints.explain(e.err)
	}
	return ""
}

// tokenError is that there was nothing to log in with.
type tokenError struct {
	cause string
	err   error
}

// Error is one line, whatever others have answered.
func (e *tokenError) Error() string {
	return "no token: " + strings.Join(strings.Fields(e.err.Error()), " ")
}

func (e *tokenError) Unwrap() error { return e.err }
