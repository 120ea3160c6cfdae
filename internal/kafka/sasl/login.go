// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package sasl logs in to brokers: the keys of "auth", and one file for each
// mechanism.
package sasl

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/IBM/sarama"
	"go.opentelemetry.io/collector/component"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// Login logs in to brokers in the way that is configured, if there is one. It
// keeps the tokens of mechanisms that need them.
type Login struct {
	auth      AuthConfig
	mechanism *mechanism // nil: connections need no login
	tokens    *tokens    // nil: the mechanism needs none
}

// NewLogin returns the login that auth describes, which has been validated and
// has no deprecated keys. ctx ends requests for tokens; timeout bounds each.
func NewLogin(ctx context.Context, auth *AuthConfig, timeout time.Duration) *Login {
	l := &Login{auth: *auth, mechanism: auth.mechanism()}
	if l.mechanism != nil && l.mechanism.tokens != nil {
		l.tokens = &tokens{ctx: ctx, timeout: timeout}
		l.tokens.source, l.tokens.extensions = l.mechanism.tokens(auth)
	}
	return l
}

// Configure sets how the library logs in.
func (l *Login) Configure(conf *sarama.Config) {
	if l.mechanism == nil {
		return
	}
	conf.Net.SASL.Enable = true
	conf.Net.SASL.Mechanism = sarama.SASLMechanism(l.mechanism.name)
	if l.mechanism.configure != nil {
		l.mechanism.configure(conf, &l.auth)
	}
	if l.tokens != nil {
		conf.Net.SASL.Mechanism = sarama.SASLTypeOAuth
		conf.Net.SASL.TokenProvider = l.tokens
	}
	old := !conf.Version.IsAtLeast(sarama.V1_0_0_0) && l.tokens == nil
	if old || !conf.Net.SASL.Handshake {
		// Before Kafka 1.0 a login goes over the connection as it is, not wrapped in
		// requests, and brokers let nothing be negotiated before it.
		conf.Net.SASL.Version = sarama.SASLHandshakeV0
		conf.ApiVersionsRequest = false
	}
}

// Begin opens a scrape: a source of tokens that failed is asked again.
func (l *Login) Begin() {
	if l.tokens != nil {
		l.tokens.fail(nil)
	}
}

// Explain takes err, which came once the protocol was negotiated and before
// the first request, for a failed login where there was one. A token that was
// refused is not shown again.
func (l *Login) Explain(err error) error {
	_, protocolError := errors.AsType[*kafkaerr.ProtocolError](err)
	if l.mechanism == nil || protocolError || kafkaerr.IsMalformed(err) || kafkaerr.TLSAlert(err) != nil || errors.Is(err, context.Canceled) {
		return err
	}
	if l.tokens != nil {
		l.tokens.hold(nil)
	}
	return &kafkaerr.LoginError{Mechanism: l.mechanism.name, Err: err, Hints: l.mechanism.hints}
}

// UseExtension takes the source of tokens from the collector's extensions,
// where that is configured.
func (l *Login) UseExtension(host component.Host) error {
	if l.tokens == nil || l.auth.SASL.OAuthBearerTokenSource == (component.ID{}) {
		return nil
	}
	const key = "auth.sasl.oauthbearer_token_source"
	id := l.auth.SASL.OAuthBearerTokenSource
	extension, found := host.GetExtensions()[id]
	if !found {
		return fmt.Errorf(`%q is %q: must be an extension that service::extensions lists`, key, id)
	}
	source, ok := extension.(tokenSource)
	if !ok {
		return fmt.Errorf(`%q is %q: must be an extension that hands out OAuth 2.0 tokens, such as oauth2client`, key, id)
	}
	l.tokens.source = &extensionSource{id: id, tokenSource: source}
	return nil
}

// IsUnframed reports whether the login goes over the connection outside of
// Kafka's requests.
func IsUnframed(conf *sarama.Config) bool {
	return conf.Net.SASL.Enable && conf.Net.SASL.Version == sarama.SASLHandshakeV0
}

// UnframedAnswer is which answer, counted from 1, is empty where an unframed
// login by PLAIN succeeds; 0 where there is no such login.
func UnframedAnswer(conf *sarama.Config) int {
	switch {
	case !IsUnframed(conf) || conf.Net.SASL.Mechanism != sarama.SASLTypePlaintext:
		return 0
	case conf.Net.SASL.Handshake:
		return 2
	}
	return 1
}
