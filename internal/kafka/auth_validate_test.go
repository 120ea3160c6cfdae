// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestAuthMistakes(t *testing.T) {
	plainText := new(TLSConfig)
	plainText.Insecure = true
	const all = "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or AWS_MSK_IAM_OAUTHBEARER"
	extension := component.MustNewID("oauth2client")
	tls := TLSConfig{}
	no, two, zero := false, 2, 0
	sasl := func(s SASLConfig) AuthConfig { return AuthConfig{SASL: &s} }
	oauth := func(o OAuthBearerConfig) AuthConfig {
		return sasl(SASLConfig{Mechanism: "OAUTHBEARER", OAuthBearer: &o})
	}
	kerberos := func(k KerberosConfig) AuthConfig { return AuthConfig{Kerberos: &k} }
	server := OAuthBearerConfig{ClientID: "c", ClientSecret: "s", TokenURL: "https://login/token"}
	ticket := KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", Password: "p"}

	for name, tt := range map[string]struct {
		auth AuthConfig
		want []string
	}{
		"none":            {AuthConfig{}, nil},
		"empty mechanism": {sasl(SASLConfig{}), nil},
		"PLAIN":           {sasl(SASLConfig{Mechanism: "PLAIN", Username: "u", Password: "p"}), nil},
		"MSK":             {sasl(SASLConfig{Mechanism: "AWS_MSK_IAM_OAUTHBEARER", AWSMSK: AWSMSKConfig{Region: "eu-west-1"}}), nil},
		"extension":       {sasl(SASLConfig{Mechanism: "OAUTHBEARER", OAuthBearerTokenSource: extension}), nil},
		"token server":    {oauth(server), nil},
		"Kerberos":        {kerberos(ticket), nil},
		"keytab":          {kerberos(KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", KeyTabFile: "f"}), nil},
		"use_keytab":      {kerberos(KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", KeyTabFile: "f", UseKeyTab: true, Password: "p"}), nil},
		"plain_text":      {AuthConfig{PlainText: &PlainTextConfig{Username: "u", Password: "p"}}, nil},
		"old version":     {sasl(SASLConfig{Mechanism: "PLAIN", Username: "u", Password: "p", Version: &zero}), nil},
		"unused sasl":     {AuthConfig{SASL: &SASLConfig{}, Kerberos: &ticket}, nil},

		"mechanism unknown": {sasl(SASLConfig{Mechanism: "plain"}), []string{`"auth.sasl.mechanism" is "plain": must be ` + all + `, or empty for no login`}},
		"without mechanism": {sasl(SASLConfig{Username: "u", Password: "p"}), []string{`"auth.sasl.mechanism" is empty, with credentials given: must be ` + all + ` to use them`}},
		"without anything": {sasl(SASLConfig{Mechanism: "SCRAM-SHA-256"}), []string{
			`"auth.sasl.username" is empty: must be set for SCRAM-SHA-256`,
			`"auth.sasl.password" is empty: must be set for SCRAM-SHA-256`,
		}},
		"plain_text without anything": {AuthConfig{PlainText: &PlainTextConfig{}}, []string{
			`"auth.plain_text.username" is empty: must be set for PLAIN`,
			`"auth.plain_text.password" is empty: must be set for PLAIN`,
		}},
		"wrong version":  {sasl(SASLConfig{Mechanism: "PLAIN", Username: "u", Password: "p", Version: &two}), []string{`"auth.sasl.version" is 2: must be left out, or 0 or 1`}},
		"region missing": {sasl(SASLConfig{Mechanism: "AWS_MSK_IAM_OAUTHBEARER"}), []string{`"auth.sasl.aws_msk.region" is empty: must be set for AWS_MSK_IAM_OAUTHBEARER`}},
		"handshake": {sasl(SASLConfig{Mechanism: "SCRAM-SHA-256", Username: "u", Password: "p", Handshake: &no}), []string{
			`"auth.sasl.handshake" is false: must be true for SCRAM-SHA-256`,
			`"protocol_version" is empty: must be set with "auth.sasl.handshake" false, which leaves no way to negotiate it`,
		}},
		"no source of tokens": {sasl(SASLConfig{Mechanism: "OAUTHBEARER"}), []string{
			`"auth.sasl.oauthbearer" is empty: must be set for OAUTHBEARER, or "auth.sasl.oauthbearer_token_source"`,
		}},
		"two sources of tokens": {sasl(SASLConfig{Mechanism: "OAUTHBEARER", OAuthBearer: &server, OAuthBearerTokenSource: extension}), []string{
			`"auth.sasl.oauthbearer" is set beside "auth.sasl.oauthbearer_token_source": must be one of them`,
		}},
		"tokens for PLAIN": {sasl(SASLConfig{Mechanism: "PLAIN", Username: "u", Password: "p", OAuthBearer: &server}), []string{
			`"auth.sasl.mechanism" is "PLAIN", with a source of tokens given: must be OAUTHBEARER to use it`,
		}},
		"token server without anything": {oauth(OAuthBearerConfig{}), []string{
			`"auth.sasl.oauthbearer.client_id" is empty: must be set for OAUTHBEARER`,
			`"auth.sasl.oauthbearer.client_secret" is empty: must be set for OAUTHBEARER`,
			`"auth.sasl.oauthbearer.token_url" is "": must be an http or https URL`,
		}},
		"token server in plain text": {
			oauth(OAuthBearerConfig{ClientID: "c", ClientSecret: "s", TokenURL: "http://login/token"}), nil,
		},
		"token server in plain text, with TLS off": {
			oauth(OAuthBearerConfig{ClientID: "c", ClientSecret: "s", TokenURL: "http://login/token", TLS: plainText}), nil,
		},
		"token server in plain text, with TLS": {
			oauth(OAuthBearerConfig{ClientID: "c", ClientSecret: "s", TokenURL: "http://login/token", TLS: &tls}),
			[]string{`"auth.sasl.oauthbearer.token_url" is "http://login/token": must be an https URL beside "auth.sasl.oauthbearer.tls"`},
		},
		"reserved extension": {
			oauth(OAuthBearerConfig{ClientID: "c", ClientSecret: "s", TokenURL: "https://login/token", Extensions: map[string]string{"auth": "x"}}),
			[]string{`"auth.sasl.oauthbearer.extensions" has "auth": must be another name, that is the token's own`},
		},
		"Kerberos without anything": {kerberos(KerberosConfig{}), []string{
			`"auth.kerberos.service_name" is empty: must be set for Kerberos`,
			`"auth.kerberos.realm" is empty: must be set for Kerberos`,
			`"auth.kerberos.username" is empty: must be set for Kerberos`,
			`"auth.kerberos.password" is empty: must be set for Kerberos, or "auth.kerberos.keytab_file"`,
		}},
		"use_keytab without one": {kerberos(KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", UseKeyTab: true}), []string{
			`"auth.kerberos.keytab_file" is empty: must be set with "auth.kerberos.use_keytab"`,
		}},
		"keytab and password": {kerberos(KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", Password: "p", KeyTabFile: "f"}), []string{
			`"auth.kerberos.keytab_file" is set beside "auth.kerberos.password": must be one of them, or "auth.kerberos.use_keytab" true`,
		}},
		"two ways": {AuthConfig{SASL: &SASLConfig{Mechanism: "PLAIN", Username: "u", Password: "p"}, Kerberos: &ticket}, []string{
			`"auth" has auth.sasl and auth.kerberos: must be one way to log in`,
		}},
		"two of tls": {AuthConfig{TLS: &tls}, []string{`"auth.tls" is set beside "tls": must be "tls" alone`}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := validConfig()
			cfg.TLS, cfg.Auth = &tls, tt.auth
			mistakes := cfg.Mistakes()
			if tt.want == nil {
				require.Empty(t, mistakes)
				return
			}
			require.EqualError(t, errors.Join(mistakes...), strings.Join(tt.want, "\n"))
		})
	}
}

func TestDeprecatedKeysWorkWithOneWarning(t *testing.T) {
	tls := TLSConfig{}
	one := 1
	for name, tt := range map[string]struct {
		auth AuthConfig
		want Config
		keys []any
	}{
		"none": {AuthConfig{}, Config{}, nil},
		"plain_text and tls": {
			AuthConfig{PlainText: &PlainTextConfig{Username: "u", Password: "p"}, TLS: &tls},
			Config{TLS: &tls, Auth: AuthConfig{TLS: &tls, SASL: &SASLConfig{Mechanism: "PLAIN", Username: "u", Password: "p"}}},
			[]any{"auth.plain_text: use auth.sasl with mechanism PLAIN", "auth.tls: use tls"},
		},
		"version": {
			AuthConfig{SASL: &SASLConfig{Mechanism: "SCRAM-SHA-512", Username: "u", Password: "p", Version: &one}},
			Config{Auth: AuthConfig{SASL: &SASLConfig{Mechanism: "SCRAM-SHA-512", Username: "u", Password: "p", Version: &one}}},
			[]any{"auth.sasl.version: leave it out, the handshake's version follows from protocol_version"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			core, logs := observer.New(zap.WarnLevel)
			cfg := validConfig()
			cfg.Auth = tt.auth
			current, _ := cfg.current()
			assert.Equal(t, tt.want.TLS, current.TLS)
			assert.Equal(t, tt.want.Auth, current.Auth)
			cfg.warn(zap.New(core))
			if tt.keys == nil {
				assert.Zero(t, logs.Len())
				return
			}
			require.Equal(t, 1, logs.Len())
			assert.Equal(t, map[string]any{"keys": tt.keys}, logs.All()[0].ContextMap())
		})
	}
}

// However a configuration is printed, it keeps its secrets.
func TestSecretsAreNotPrinted(t *testing.T) {
	tls := new(TLSConfig)
	tls.CAPem, tls.KeyPem = "hunter2", "hunter2"
	cfg := Config{TLS: tls, Auth: AuthConfig{
		SASL: &SASLConfig{Username: "u", Password: "hunter2", OAuthBearer: &OAuthBearerConfig{
			ClientSecret: "hunter2", EndpointParams: map[string][]configopaque.String{"assertion": {"hunter2"}},
		}},
		Kerberos:  &KerberosConfig{Password: "hunter2"},
		PlainText: &PlainTextConfig{Password: "hunter2"},
	}}
	text, err := json.Marshal(cfg)
	require.NoError(t, err)
	conf := confmap.New()
	require.NoError(t, conf.Marshal(cfg))
	for _, way := range []string{
		string(text), fmt.Sprint(conf.ToStringMap()), errors.Join(cfg.Mistakes()...).Error(),
		fmt.Sprintf("%v", cfg.Auth.SASL), fmt.Sprintf("%+v %#v", *cfg.Auth.SASL, *cfg.Auth.Kerberos),
		fmt.Sprintf("%v %+v %#v", tls, *tls, *tls), fmt.Sprintf("%v %v", cfg.Auth.PlainText, *cfg.Auth.SASL.OAuthBearer),
	} {
		assert.NotContains(t, way, "hunter2")
	}
}
