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
	mistakes := a.choiceMistakes(tls)
	if plain := a.PlainText; plain != nil {
		mistakes = append(mistakes, credentialMistakes("auth.plain_text", "PLAIN", plain.Username, plain.Password)...)
	}
	mistakes = append(mistakes, a.saslMistakes(protocolVersion)...)
	return append(mistakes, a.Kerberos.mistakes()...)
}

// choiceMistakes is there because only one of several ways could be used, and
// which one would be a guess.
func (a *AuthConfig) choiceMistakes(tls bool) []error {
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
	var mistakes []error
	if len(ways) > 1 {
		mistakes = append(mistakes, fmt.Errorf(`"auth" has %s: must be one way to log in`, strings.Join(ways, " and ")))
	}
	if tls && a.TLS != nil {
		mistakes = append(mistakes, errors.New(`"auth.tls" is set beside "tls": must be "tls" alone`))
	}
	return mistakes
}

func (a *AuthConfig) saslMistakes(protocolVersion string) []error {
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
	mistakes := mechanism.validate(s)
	if mechanism != &oauthBearer && s.hasTokenSource() {
		mistakes = append(mistakes, fmt.Errorf(`"auth.sasl.mechanism" is %q, with a source of tokens given: must be OAUTHBEARER to use it`, s.Mechanism))
	}
	if v := s.Version; v != nil && *v != 0 && *v != 1 {
		mistakes = append(mistakes, fmt.Errorf(`"auth.sasl.version" is %d: must be left out, or 0 or 1`, *v))
	}
	return append(mistakes, s.handshakeMistakes(protocolVersion)...)
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

func (s *Config) handshakeMistakes(protocolVersion string) []error {
	if s.Handshake == nil || *s.Handshake {
		return nil
	}
	var mistakes []error
	if s.Mechanism != sarama.SASLTypePlaintext {
		mistakes = append(mistakes, fmt.Errorf(`"auth.sasl.handshake" is false: must be true for %s`, s.Mechanism))
	}
	if protocolVersion == "" {
		mistakes = append(mistakes, errors.New(`"protocol_version" is empty: must be set with "auth.sasl.handshake" false, which leaves no way to negotiate it`))
	}
	return mistakes
}

// FileErrors returns what is wrong with the files that it names, an error for
// each.
func (a *AuthConfig) FileErrors(ctx context.Context, now time.Time) []error {
	var mistakes []error
	if s := a.SASL; s != nil && s.OAuthBearer != nil {
		mistakes = tlsconfig.FileErrors(ctx, "auth.sasl.oauthbearer.tls", s.OAuthBearer.TLS, now)
	}
	if k := a.Kerberos; k != nil {
		mistakes = append(mistakes, k.fileMistakes()...)
	}
	return mistakes
}

func notEmpty(key, mechanism string) error {
	return fmt.Errorf("%q is empty: must be set for %s", key, mechanism)
}
