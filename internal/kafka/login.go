// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"errors"

	"github.com/IBM/sarama"
)

// loginError is a login that failed over a connection that is well.
type loginError struct {
	mechanism string
	err       error
}

func (e *loginError) Error() string { return "login by " + e.mechanism + ": " + e.err.Error() }
func (e *loginError) Unwrap() error { return e.err }

// asLogin takes err, which came once the protocol was negotiated and before
// the first request, for a failed login where there was one.
func (c *Client) asLogin(err error) error {
	mechanism := c.cfg.Auth.mechanism()
	_, stranger := errors.AsType[*notKafkaError](err)
	_, panicked := errors.AsType[*panicError](err)
	if mechanism == "" || stranger || panicked || alertOf(err) != nil || errors.Is(err, context.Canceled) {
		return err
	}
	c.tokens.forget()
	return &loginError{mechanism: mechanism, err: err}
}

// isRefusal tells whether another login would be refused as well, as far as one
// can know.
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
		return e.refusal()
	case errors.Is(e.err, sarama.ErrUnsupportedSASLMechanism):
		return "the broker does not offer this mechanism on this port"
	case errors.Is(e.err, sarama.ErrIllegalSASLState):
		return "the broker expects no login on this port"
	case errors.Is(e.err, sarama.ErrUnsupportedVersion):
		return "a broker before Kafka 1.0 wants protocol_version to be set"
	case timedOut(e.err) && e.mechanism == sarama.SASLTypeGSSAPI:
		return "no answer from the KDC or the broker within request_timeout"
	case timedOut(e.err):
		return "no answer within request_timeout"
	case errors.Is(e.err, errUnproven):
		return "the broker does not know this password itself: somebody else may answer in its place"
	case gone(e.err):
		return "the broker closed the connection: " + e.refusal() + ", or it went down"
	case e.mechanism == sarama.SASLTypeGSSAPI:
		return causeOfKerberos(e.err)
	}
	return ""
}

// refusal says what a broker may hold against what was shown to it.
func (e *loginError) refusal() string {
	switch e.mechanism {
	case sarama.SASLTypeGSSAPI:
		return "it does not accept the ticket: check auth.kerberos.service_name and the clocks"
	case sarama.SASLTypeOAuth:
		return "it does not accept the token: check its issuer, audience, scopes and the clocks"
	case mechanismMSK:
		return "it does not accept the AWS credentials: check their IAM policy (kafka-cluster:Connect), the region and the clock"
	}
	return "wrong user name or password"
}
