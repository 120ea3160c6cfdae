// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/IBM/sarama"
	"go.opentelemetry.io/collector/component"
)

// login logs in to brokers in the way that is configured, if there is one. It
// keeps the tokens of mechanisms that need them.
type login struct {
	auth      AuthConfig
	mechanism *mechanism // nil: connections need no login
	tokens    *tokens    // nil: the mechanism needs none
}

// newLogin returns the login that auth describes, which has been validated and
// has no deprecated keys. ctx ends requests for tokens; timeout bounds each.
func newLogin(ctx context.Context, auth *AuthConfig, timeout time.Duration) *login {
	l := &login{auth: *auth, mechanism: auth.mechanism()}
	if l.mechanism != nil && l.mechanism.tokens != nil {
		l.tokens = &tokens{ctx: ctx, timeout: timeout}
		l.tokens.source, l.tokens.extensions = l.mechanism.tokens(auth)
	}
	return l
}

// configure tells the library how to log in.
func (l *login) configure(conf *sarama.Config) {
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
		// Before Kafka 1.0 a login goes over the connection bare, not wrapped in
		// requests, and brokers let nothing be negotiated before it.
		conf.Net.SASL.Version = sarama.SASLHandshakeV0
		conf.ApiVersionsRequest = false
	}
}

// begin opens a scrape: a source of tokens that failed is asked again.
func (l *login) begin() {
	if l.tokens != nil {
		l.tokens.fail(nil)
	}
}

// explain takes err, which came once the protocol was negotiated and before
// the first request, for a failed login where there was one. A token that was
// refused is not shown again.
func (l *login) explain(err error) error {
	_, stranger := errors.AsType[*notKafkaError](err)
	_, panicked := errors.AsType[*panicError](err)
	if l.mechanism == nil || stranger || panicked || alertOf(err) != nil || errors.Is(err, context.Canceled) {
		return err
	}
	if l.tokens != nil {
		l.tokens.hold(nil)
	}
	return &loginError{mechanism: l.mechanism.name, err: err, hints: l.mechanism.hints}
}

// useExtension takes the source of tokens from the collector's extensions,
// where that is configured.
func (l *login) useExtension(host component.Host) error {
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

// isUnframed reports whether the login goes over the connection outside of
// Kafka's requests.
func isUnframed(conf *sarama.Config) bool {
	return conf.Net.SASL.Enable && conf.Net.SASL.Version == sarama.SASLHandshakeV0
}

// unframedAnswer is which answer, counted from 1, is empty where an unframed
// login by PLAIN succeeds; 0 where there is no such login.
func unframedAnswer(conf *sarama.Config) int {
	switch {
	case !isUnframed(conf) || conf.Net.SASL.Mechanism != sarama.SASLTypePlaintext:
		return 0
	case conf.Net.SASL.Handshake:
		return 2
	}
	return 1
}
