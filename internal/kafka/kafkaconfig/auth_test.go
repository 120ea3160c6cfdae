// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaconfig

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

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
)

func TestAuthValidationErrors(t *testing.T) {
	plainText := new(tlsconfig.Config)
	plainText.Insecure = true
	const all = "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or AWS_MSK_IAM_OAUTHBEARER"
	extension := component.MustNewID("oauth2client")
	tls := tlsconfig.Config{}
	no, two, zero := false, 2, 0
	login := func(s sasl.Config) sasl.AuthConfig { return sasl.AuthConfig{SASL: &s} }
	oauth := func(o sasl.OAuthBearerConfig) sasl.AuthConfig {
		return login(sasl.Config{Mechanism: "OAUTHBEARER", OAuthBearer: &o})
	}
	kerberos := func(k sasl.KerberosConfig) sasl.AuthConfig { return sasl.AuthConfig{Kerberos: &k} }
	server := sasl.OAuthBearerConfig{ClientID: "c", ClientSecret: "s", TokenURL: "https://login/token"}
	ticket := sasl.KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", Password: "p"}

	for name, tt := range map[string]struct {
		auth sasl.AuthConfig
		want []string
	}{
		"none":            {sasl.AuthConfig{}, nil},
		"empty mechanism": {login(sasl.Config{}), nil},
		"PLAIN":           {login(sasl.Config{Mechanism: "PLAIN", Username: "u", Password: "p"}), nil},
		"MSK":             {login(sasl.Config{Mechanism: "AWS_MSK_IAM_OAUTHBEARER", AWSMSK: sasl.AWSMSKConfig{Region: "eu-west-1"}}), nil},
		"extension":       {login(sasl.Config{Mechanism: "OAUTHBEARER", OAuthBearerTokenSource: extension}), nil},
		"token server":    {oauth(server), nil},
		"Kerberos":        {kerberos(ticket), nil},
		"keytab":          {kerberos(sasl.KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", KeyTabFile: "f"}), nil},
		"use_keytab":      {kerberos(sasl.KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", KeyTabFile: "f", UseKeyTab: true, Password: "p"}), nil},
		"plain_text":      {sasl.AuthConfig{PlainText: &sasl.PlainTextConfig{Username: "u", Password: "p"}}, nil},
		"old version":     {login(sasl.Config{Mechanism: "PLAIN", Username: "u", Password: "p", Version: &zero}), nil},
		"unused sasl":     {sasl.AuthConfig{SASL: &sasl.Config{}, Kerberos: &ticket}, nil},

		"mechanism unknown": {login(sasl.Config{Mechanism: "plain"}), []string{`"auth.sasl.mechanism" is "plain": must be ` + all + `, or empty for no login`}},
		"without mechanism": {login(sasl.Config{Username: "u", Password: "p"}), []string{`"auth.sasl.mechanism" is empty, with credentials given: must be ` + all + ` to use them`}},
		"without anything": {login(sasl.Config{Mechanism: "SCRAM-SHA-256"}), []string{
			`"auth.sasl.username" is empty: must be set for SCRAM-SHA-256`,
			`"auth.sasl.password" is empty: must be set for SCRAM-SHA-256`,
		}},
		"plain_text without anything": {sasl.AuthConfig{PlainText: &sasl.PlainTextConfig{}}, []string{
			`"auth.plain_text.username" is empty: must be set for PLAIN`,
			`"auth.plain_text.password" is empty: must be set for PLAIN`,
		}},
		"wrong version":  {login(sasl.Config{Mechanism: "PLAIN", Username: "u", Password: "p", Version: &two}), []string{`"auth.sasl.version" is 2: must be left out, or 0 or 1`}},
		"region missing": {login(sasl.Config{Mechanism: "AWS_MSK_IAM_OAUTHBEARER"}), []string{`"auth.sasl.aws_msk.region" is empty: must be set for AWS_MSK_IAM_OAUTHBEARER`}},
		"handshake": {login(sasl.Config{Mechanism: "SCRAM-SHA-256", Username: "u", Password: "p", Handshake: &no}), []string{
			`"auth.sasl.handshake" is false: must be true for SCRAM-SHA-256`,
			`"protocol_version" is empty: must be set with "auth.sasl.handshake" false, which leaves no way to negotiate it`,
		}},
		"no source of tokens": {login(sasl.Config{Mechanism: "OAUTHBEARER"}), []string{
			`"auth.sasl.oauthbearer" is empty: must be set for OAUTHBEARER, or "auth.sasl.oauthbearer_token_source"`,
		}},
		"two sources of tokens": {login(sasl.Config{Mechanism: "OAUTHBEARER", OAuthBearer: &server, OAuthBearerTokenSource: extension}), []string{
			`"auth.sasl.oauthbearer" is set beside "auth.sasl.oauthbearer_token_source": must be one of them`,
		}},
		"tokens for PLAIN": {login(sasl.Config{Mechanism: "PLAIN", Username: "u", Password: "p", OAuthBearer: &server}), []string{
			`"auth.sasl.mechanism" is "PLAIN", with a source of tokens given: must be OAUTHBEARER to use it`,
		}},
		"token server without anything": {oauth(sasl.OAuthBearerConfig{}), []string{
			`"auth.sasl.oauthbearer.client_id" is empty: must be set for OAUTHBEARER`,
			`"auth.sasl.oauthbearer.client_secret" is empty: must be set for OAUTHBEARER`,
			`"auth.sasl.oauthbearer.token_url" is "": must be an http or https URL`,
		}},
		"token server in plain text": {
			oauth(sasl.OAuthBearerConfig{ClientID: "c", ClientSecret: "s", TokenURL: "http://login/token"}), nil,
		},
		"token server in plain text, with TLS off": {
			oauth(sasl.OAuthBearerConfig{ClientID: "c", ClientSecret: "s", TokenURL: "http://login/token", TLS: plainText}), nil,
		},
		"token server in plain text, with TLS": {
			oauth(sasl.OAuthBearerConfig{ClientID: "c", ClientSecret: "s", TokenURL: "http://login/token", TLS: &tls}),
			[]string{`"auth.sasl.oauthbearer.token_url" is "http://login/token": must be an https URL beside "auth.sasl.oauthbearer.tls"`},
		},
		"reserved extension": {
			oauth(sasl.OAuthBearerConfig{ClientID: "c", ClientSecret: "s", TokenURL: "https://login/token", Extensions: map[string]string{"auth": "x"}}),
			[]string{`"auth.sasl.oauthbearer.extensions" has "auth": must be another name, that is the token's own`},
		},
		"Kerberos without anything": {kerberos(sasl.KerberosConfig{}), []string{
			`"auth.kerberos.service_name" is empty: must be set for Kerberos`,
			`"auth.kerberos.realm" is empty: must be set for Kerberos`,
			`"auth.kerberos.username" is empty: must be set for Kerberos`,
			`"auth.kerberos.password" is empty: must be set for Kerberos, or "auth.kerberos.keytab_file"`,
		}},
		"use_keytab without one": {kerberos(sasl.KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", UseKeyTab: true}), []string{
			`"auth.kerberos.keytab_file" is empty: must be set with "auth.kerberos.use_keytab"`,
		}},
		"keytab and password": {kerberos(sasl.KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", Password: "p", KeyTabFile: "f"}), []string{
			`"auth.kerberos.keytab_file" is set beside "auth.kerberos.password": must be one of them, or "auth.kerberos.use_keytab" true`,
		}},
		"two ways": {sasl.AuthConfig{SASL: &sasl.Config{Mechanism: "PLAIN", Username: "u", Password: "p"}, Kerberos: &ticket}, []string{
			`"auth" has auth.sasl and auth.kerberos: must be one way to log in`,
		}},
		"two of tls": {sasl.AuthConfig{TLS: &tls}, []string{`"auth.tls" is set beside "tls": must be "tls" alone`}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := validConfig()
			cfg.TLS, cfg.Auth = &tls, tt.auth
			errs := cfg.ValidationErrors()
			if tt.want == nil {
				require.Empty(t, errs)
				return
			}
			require.EqualError(t, errors.Join(errs...), strings.Join(tt.want, "\n"))
		})
	}
}

func TestDeprecatedKeysWorkWithOneWarning(t *testing.T) {
	tls := tlsconfig.Config{}
	one := 1
	for name, tt := range map[string]struct {
		auth sasl.AuthConfig
		want Config
		keys []any
	}{
		"none": {sasl.AuthConfig{}, Config{}, nil},
		"plain_text and tls": {
			sasl.AuthConfig{PlainText: &sasl.PlainTextConfig{Username: "u", Password: "p"}, TLS: &tls},
			Config{TLS: &tls, Auth: sasl.AuthConfig{TLS: &tls, SASL: &sasl.Config{Mechanism: "PLAIN", Username: "u", Password: "p"}}},
			[]any{"auth.plain_text: use auth.sasl with mechanism PLAIN", "auth.tls: use tls"},
		},
		"version": {
			sasl.AuthConfig{SASL: &sasl.Config{Mechanism: "SCRAM-SHA-512", Username: "u", Password: "p", Version: &one}},
			Config{Auth: sasl.AuthConfig{SASL: &sasl.Config{Mechanism: "SCRAM-SHA-512", Username: "u", Password: "p", Version: &one}}},
			[]any{"auth.sasl.version: leave it out, the handshake's version follows from protocol_version"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			core, logs := observer.New(zap.WarnLevel)
			cfg := validConfig()
			cfg.Auth = tt.auth
			current, _ := cfg.Current()
			assert.Equal(t, tt.want.TLS, current.TLS)
			assert.Equal(t, tt.want.Auth, current.Auth)
			cfg.Warn(zap.New(core))
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
	tls := new(tlsconfig.Config)
	tls.CAPem, tls.KeyPem = "hunter2", "hunter2"
	cfg := Config{TLS: tls, Auth: sasl.AuthConfig{
		SASL: &sasl.Config{Username: "u", Password: "hunter2", OAuthBearer: &sasl.OAuthBearerConfig{
			ClientSecret: "hunter2", EndpointParams: map[string][]configopaque.String{"assertion": {"hunter2"}},
		}},
		Kerberos:  &sasl.KerberosConfig{Password: "hunter2"},
		PlainText: &sasl.PlainTextConfig{Password: "hunter2"},
	}}
	text, err := json.Marshal(cfg)
	require.NoError(t, err)
	conf := confmap.New()
	require.NoError(t, conf.Marshal(cfg))
	for _, way := range []string{
		string(text), fmt.Sprint(conf.ToStringMap()), errors.Join(cfg.ValidationErrors()...).Error(),
		fmt.Sprintf("%v", cfg.Auth.SASL), fmt.Sprintf("%+v %#v", *cfg.Auth.SASL, *cfg.Auth.Kerberos),
		fmt.Sprintf("%v %+v %#v", tls, *tls, *tls), fmt.Sprintf("%v %v", cfg.Auth.PlainText, *cfg.Auth.SASL.OAuthBearer),
	} {
		assert.NotContains(t, way, "hunter2")
	}
}
