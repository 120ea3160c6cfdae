// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/IBM/sarama"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
)

func (c *Config) authMistakes() []error {
	mistakes := c.Auth.choiceMistakes(c.TLS != nil)
	if plain := c.Auth.PlainText; plain != nil {
		mistakes = append(mistakes, credentialMistakes("auth.plain_text", "PLAIN", plain.Username, plain.Password)...)
	}
	mistakes = append(mistakes, c.saslMistakes()...)
	mistakes = append(mistakes, c.Auth.Kerberos.mistakes()...)
	return append(mistakes, c.encryptionMistakes()...)
}

func (c *Config) encryptionMistakes() []error {
	mistakes := append(c.TLS.mistakes("tls"), c.Auth.TLS.mistakes("auth.tls")...)
	if s := c.Auth.SASL; s != nil && s.OAuthBearer != nil {
		mistakes = append(mistakes, s.OAuthBearer.TLS.mistakes("auth.sasl.oauthbearer.tls")...)
	}
	return mistakes
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

func (c *Config) saslMistakes() []error {
	s := c.Auth.SASL
	if s == nil {
		return nil
	}
	var mistakes []error
	switch s.Mechanism {
	case "":
		return s.unusedMistake()
	case sarama.SASLTypePlaintext, sarama.SASLTypeSCRAMSHA256, sarama.SASLTypeSCRAMSHA512:
		mistakes = credentialMistakes("auth.sasl", s.Mechanism, s.Username, s.Password)
	case sarama.SASLTypeOAuth:
		mistakes = s.tokenMistakes()
	case mechanismMSK:
		if s.AWSMSK.Region == "" {
			mistakes = append(mistakes, notEmpty("auth.sasl.aws_msk.region", s.Mechanism))
		}
	default:
		return []error{fmt.Errorf(`"auth.sasl.mechanism" is %q: must be %s, or empty for no login`, s.Mechanism, mechanisms)}
	}
	if s.Mechanism != sarama.SASLTypeOAuth && s.hasTokenSource() {
		mistakes = append(mistakes, fmt.Errorf(`"auth.sasl.mechanism" is %q, with a source of tokens given: must be OAUTHBEARER to use it`, s.Mechanism))
	}
	if v := s.Version; v != nil && *v != 0 && *v != 1 {
		mistakes = append(mistakes, fmt.Errorf(`"auth.sasl.version" is %d: must be left out, or 0 or 1`, *v))
	}
	return append(mistakes, c.handshakeMistakes()...)
}

const mechanisms = "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or " + mechanismMSK

// unusedMistake is there because the login would be left out without a word.
func (s *SASLConfig) unusedMistake() []error {
	if s.Username == "" && s.Password == "" && !s.hasTokenSource() && s.AWSMSK.Region == "" {
		return nil
	}
	return []error{fmt.Errorf(`"auth.sasl.mechanism" is empty, with credentials given: must be %s to use them`, mechanisms)}
}

func (s *SASLConfig) hasTokenSource() bool {
	return s.OAuthBearer != nil || s.OAuthBearerTokenSource != component.ID{}
}

func (s *SASLConfig) tokenMistakes() []error {
	extension := s.OAuthBearerTokenSource != component.ID{}
	switch {
	case extension && s.OAuthBearer != nil:
		return []error{errors.New(`"auth.sasl.oauthbearer" is set beside "auth.sasl.oauthbearer_token_source": must be one of them`)}
	case extension:
		return nil
	case s.OAuthBearer == nil:
		return []error{errors.New(`"auth.sasl.oauthbearer" is empty: must be set for OAUTHBEARER, or "auth.sasl.oauthbearer_token_source"`)}
	}
	return s.OAuthBearer.mistakes()
}

func (o *OAuthBearerConfig) mistakes() []error {
	var mistakes []error
	for _, needed := range []struct{ key, given string }{
		{"client_id", o.ClientID},
		{"client_secret", reveal(o.ClientSecret)},
	} {
		if needed.given == "" {
			mistakes = append(mistakes, notEmpty("auth.sasl.oauthbearer."+needed.key, sarama.SASLTypeOAuth))
		}
	}
	u, err := url.Parse(o.TokenURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		mistakes = append(mistakes, fmt.Errorf(`"auth.sasl.oauthbearer.token_url" is %q: must be an http or https URL`, withoutPassword(u, o.TokenURL)))
	case u.Scheme == "http" && o.TLS != nil && !o.TLS.isOff():
		mistakes = append(mistakes, fmt.Errorf(`"auth.sasl.oauthbearer.token_url" is %q: must be an https URL beside "auth.sasl.oauthbearer.tls"`, u.Redacted()))
	}
	if _, reserved := o.Extensions[sarama.SASLExtKeyAuth]; reserved {
		mistakes = append(mistakes, fmt.Errorf(`"auth.sasl.oauthbearer.extensions" has %q: must be another name, that is the token's own`, sarama.SASLExtKeyAuth))
	}
	return mistakes
}

func (c *Config) handshakeMistakes() []error {
	s := c.Auth.SASL
	if s.Handshake == nil || *s.Handshake {
		return nil
	}
	var mistakes []error
	if s.Mechanism != sarama.SASLTypePlaintext {
		mistakes = append(mistakes, fmt.Errorf(`"auth.sasl.handshake" is false: must be true for %s`, s.Mechanism))
	}
	if c.ProtocolVersion == "" {
		mistakes = append(mistakes, errors.New(`"protocol_version" is empty: must be set with "auth.sasl.handshake" false, which leaves no way to negotiate it`))
	}
	return mistakes
}

func (k *KerberosConfig) mistakes() []error {
	if k == nil {
		return nil
	}
	var mistakes []error
	for _, needed := range []struct{ key, given string }{
		{"service_name", k.ServiceName},
		{"realm", k.Realm},
		{"username", k.Username},
	} {
		if needed.given == "" {
			mistakes = append(mistakes, notEmpty("auth.kerberos."+needed.key, "Kerberos"))
		}
	}
	switch {
	case k.UseKeyTab && k.KeyTabFile == "":
		mistakes = append(mistakes, errors.New(`"auth.kerberos.keytab_file" is empty: must be set with "auth.kerberos.use_keytab"`))
	case !k.UseKeyTab && k.KeyTabFile != "" && k.Password != "":
		mistakes = append(mistakes, errors.New(`"auth.kerberos.keytab_file" is set beside "auth.kerberos.password": must be one of them, or "auth.kerberos.use_keytab" true`))
	case k.KeyTabFile == "" && k.Password == "":
		mistakes = append(mistakes, errors.New(`"auth.kerberos.password" is empty: must be set for Kerberos, or "auth.kerberos.keytab_file"`))
	}
	return mistakes
}

func credentialMistakes(at, mechanism, username string, password configopaque.String) []error {
	var mistakes []error
	if username == "" {
		mistakes = append(mistakes, notEmpty(at+".username", mechanism))
	}
	if reveal(password) == "" {
		mistakes = append(mistakes, notEmpty(at+".password", mechanism))
	}
	return mistakes
}

func notEmpty(key, mechanism string) error {
	return fmt.Errorf("%q is empty: must be set for %s", key, mechanism)
}

// withoutPassword is a URL as it may be shown. One that cannot be parsed is not.
func withoutPassword(u *url.URL, given string) string {
	if u == nil {
		return "(unreadable)"
	}
	if u.User == nil {
		return given
	}
	return u.Redacted()
}
