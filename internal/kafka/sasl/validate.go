// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/IBM/sarama"
	"go.opentelemetry.io/collector/component"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
)

// ValidationErrors returns what is wrong with the ways to log in, an error for each. tls
// says that TLS is configured in its own place.
func (a *AuthConfig) ValidationErrors(tls bool, protocolVersion string) []error {
	errs := a.choiceErrors(tls)
	if plain := a.PlainText; plain != nil {
		errs = append(errs, credentialErrors("auth.plain_text", "PLAIN", plain.Username, plain.Password)...)
	}
	errs = append(errs, a.saslErrors(protocolVersion)...)
	return append(errs, a.Kerberos.validationErrors()...)
}

// choiceErrors is there because only one of several ways could be used, and
// which one would be a guess.
func (a *AuthConfig) choiceErrors(tls bool) []error {
	var ways []string
	if a.SASL != nil && a.SASL.Mechanism != "" {
		ways = append(ways, "auth.sasl")
	}
	if a.Kerberos != nil {
		ways = append(ways, "auth.kerberos")
	}
	if a.PlainText != nil {
		ways = append(ways, "auth.plain_text")
	}
	var errs []error
	if len(ways) > 1 {
		errs = append(errs, fmt.Errorf(`"auth" has %s: must be one way to log in`, strings.Join(ways, " and ")))
	}
	if tls && a.TLS != nil {
		errs = append(errs, errors.New(`"auth.tls" is set beside "tls": must be "tls" alone`))
	}
	return errs
}

func (a *AuthConfig) saslErrors(protocolVersion string) []error {
	s := a.SASL
	if s == nil {
		return nil
	}
	if s.Mechanism == "" {
		return s.unusedMistake()
	}
	mechanism := mechanismNamed(s.Mechanism)
	if mechanism == nil {
		return []error{fmt.Errorf(`"auth.sasl.mechanism" is %q: must be %s, or empty for no login`, s.Mechanism, mechanismNames())}
	}
	errs := mechanism.validate(s)
	if mechanism != &oauthBearer && s.hasTokenSource() {
		errs = append(errs, fmt.Errorf(`"auth.sasl.mechanism" is %q, with a source of tokens given: must be OAUTHBEARER to use it`, s.Mechanism))
	}
	if v := s.Version; v != nil && *v != 0 && *v != 1 {
		errs = append(errs, fmt.Errorf(`"auth.sasl.version" is %d: must be left out, or 0 or 1`, *v))
	}
	return append(errs, s.handshakeErrors(protocolVersion)...)
}

// unusedMistake is there because the login would be left out without a word.
func (s *Config) unusedMistake() []error {
	if s.Username == "" && s.Password == "" && !s.hasTokenSource() && s.AWSMSK.Region == "" {
		return nil
	}
	return []error{fmt.Errorf(`"auth.sasl.mechanism" is empty, with credentials given: must be %s to use them`, mechanismNames())}
}

func (s *Config) hasTokenSource() bool {
	return s.OAuthBearer != nil || s.OAuthBearerTokenSource != component.ID{}
}

func (s *Config) handshakeErrors(protocolVersion string) []error {
	if s.Handshake == nil || *s.Handshake {
		return nil
	}
	var errs []error
	if s.Mechanism != sarama.SASLTypePlaintext {
		errs = append(errs, fmt.Errorf(`"auth.sasl.handshake" is false: must be true for %s`, s.Mechanism))
	}
	if protocolVersion == "" {
		errs = append(errs, errors.New(`"protocol_version" is empty: must be set with "auth.sasl.handshake" false, which leaves no way to negotiate it`))
	}
	return errs
}

// FileErrors returns what is wrong with the files that it names, an error for
// each.
func (a *AuthConfig) FileErrors(ctx context.Context, now time.Time) []error {
	var errs []error
	if s := a.SASL; s != nil && s.OAuthBearer != nil {
		errs = tlsconfig.FileErrors(ctx, "auth.sasl.oauthbearer.tls", s.OAuthBearer.TLS, now)
	}
	if k := a.Kerberos; k != nil {
		errs = append(errs, k.fileErrors()...)
	}
	return errs
}

func notEmpty(key, mechanism string) error {
	return fmt.Errorf("%q is empty: must be set for %s", key, mechanism)
}
