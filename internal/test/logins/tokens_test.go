// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"context"
	"errors"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"golang.org/x/oauth2"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

const tokenRefused = "the token server refused: check client_id, client_secret, token_url and scopes of auth.sasl.oauthbearer"

// byToken logs in with a token of the server without TLS.
func (s *secured) byToken(secret string) sasl.AuthConfig {
	return sasl.AuthConfig{SASL: &sasl.Config{
		Mechanism: "OAUTHBEARER",
		OAuthBearer: &sasl.OAuthBearerConfig{
			ClientID: s.tokens.ClientID, ClientSecret: opaque(secret), TokenURL: s.tokens.URL, Scopes: []string{"kafka"},
		},
	}}
}

// tokenServers holds what can be wrong with tokens and with who hands them out.
func tokenServers(t *testing.T, s *secured) {
	t.Helper()
	for name, tt := range map[string]struct {
		change func(*sasl.OAuthBearerConfig)
		cause  string
	}{
		"https": {func(o *sasl.OAuthBearerConfig) {
			o.TokenURL, o.TLS = s.tokensTLS.URL, trusting(s.ca.File)
		}, ""},
		"https of another CA": {func(o *sasl.OAuthBearerConfig) {
			o.TokenURL, o.TLS = s.tokensTLS.URL, trusting(s.otherCA.File)
		}, "the token server's certificate is signed by a CA that is not trusted: set auth.sasl.oauthbearer.tls.ca_file"},
		"not there": {
			func(o *sasl.OAuthBearerConfig) { o.TokenURL = "http://" + deadAddress(t) },
			"no answer from the token server: check auth.sasl.oauthbearer.token_url",
		},
		"silent": {
			func(o *sasl.OAuthBearerConfig) { o.TokenURL = "http://" + silentAddress(t) },
			"the token server did not answer within half of request_timeout",
		},
		"a scope too few": {
			func(o *sasl.OAuthBearerConfig) { o.Scopes = nil },
			"it does not accept the token: check its issuer, audience, scopes and the clocks",
		},
		"extensions": {func(o *sasl.OAuthBearerConfig) {
			o.Extensions = map[string]string{"logicalCluster": "lkc-1"}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(s.Addresses(saslOnly))
			cfg.RequestTimeout = 3 * time.Second
			cfg.Auth = s.byToken(s.tokens.Secret)
			tt.change(cfg.Auth.SASL.OAuthBearer)
			cause := tt.cause
			if cause != "" {
				cause = "SASL OAUTHBEARER login failed: " + cause
			}
			connect(t, cfg, nil).requireOutcome(t, cause)
		})
	}
}

// deadAddress is one where nobody listens, of a port that no connection takes meanwhile.
func deadAddress(t *testing.T) string {
	t.Helper()
	port, err := kafkatest.FreePort()
	require.NoError(t, err)
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// silentAddress accepts and does not answer.
func silentAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

// extension hands out tokens as collector extensions do.
type extension struct {
	component.StartFunc
	component.ShutdownFunc
	token func() (*oauth2.Token, error)
}

func (e *extension) Token(context.Context) (*oauth2.Token, error) { return e.token() }

// extensions holds logins with the tokens of a collector extension.
func extensions(t *testing.T, s *secured) {
	t.Helper()
	id := component.MustNewIDWithName("oauth2client", "kafka")
	for name, tt := range map[string]struct {
		token func() (*oauth2.Token, error)
		cause string
	}{
		"right": {func() (*oauth2.Token, error) {
			return &oauth2.Token{AccessToken: kafkatest.UnsignedToken(user, time.Hour, "kafka")}, nil
		}, ""},
		"expired": {func() (*oauth2.Token, error) {
			return &oauth2.Token{AccessToken: kafkatest.UnsignedToken(user, -time.Hour, "kafka")}, nil
		}, "it does not accept the token: check its issuer, audience, scopes and the clocks"},
		"none":  {func() (*oauth2.Token, error) { return nil, errors.New("away") }, "the extension oauth2client/kafka gave no token"},
		"empty": {func() (*oauth2.Token, error) { return nil, nil }, "the source of tokens gave an empty one"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(s.Addresses(saslOnly))
			cfg.Auth.SASL = &sasl.Config{Mechanism: "OAUTHBEARER", OAuthBearerTokenSource: id}
			cause := tt.cause
			if cause != "" {
				cause = "SASL OAUTHBEARER login failed: " + cause
			}
			connect(t, cfg, host{id: &extension{token: tt.token}}).requireOutcome(t, cause)
		})
	}
}
