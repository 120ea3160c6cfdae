// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaconfig

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
)

func TestWarnsOfASecretInPlainText(t *testing.T) {
	login := func(mechanism string) sasl.AuthConfig {
		return sasl.AuthConfig{SASL: &sasl.Config{Mechanism: mechanism, Username: "u", Password: "p", OAuthBearer: &sasl.OAuthBearerConfig{}}}
	}
	off := new(tlsconfig.Config)
	off.Insecure = true
	onAfterAll := trusting("ca.pem")
	onAfterAll.Insecure = true
	for name, tt := range map[string]struct {
		auth sasl.AuthConfig
		tls  *tlsconfig.Config
		want string // the mechanism
	}{
		"no login":                  {sasl.AuthConfig{}, nil, ""},
		"PLAIN":                     {login("PLAIN"), nil, "PLAIN"},
		"PLAIN, TLS off":            {login("PLAIN"), off, "PLAIN"},
		"PLAIN, TLS on":             {login("PLAIN"), new(tlsconfig.Config), ""},
		"PLAIN, on by an authority": {login("PLAIN"), onAfterAll, ""},
		"older keys":                {sasl.AuthConfig{PlainText: &sasl.PlainTextConfig{Username: "u", Password: "p"}}, nil, "PLAIN"},
		"older keys, TLS on":        {sasl.AuthConfig{PlainText: &sasl.PlainTextConfig{Username: "u", Password: "p"}, TLS: new(tlsconfig.Config)}, nil, ""},
		"a token":                   {login("OAUTHBEARER"), nil, "OAUTHBEARER"},
		"a token of AWS":            {login("AWS_MSK_IAM_OAUTHBEARER"), off, "AWS_MSK_IAM_OAUTHBEARER"},
		"SCRAM shows no secret":     {login("SCRAM-SHA-512"), nil, ""},
		"Kerberos shows no secret":  {sasl.AuthConfig{Kerberos: &sasl.KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", Password: "p"}}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			core, logs := observer.New(zap.WarnLevel)
			cfg := validConfig()
			cfg.Auth, cfg.TLS = tt.auth, tt.tls
			cfg.Warn(zap.New(core))
			assert.LessOrEqual(t, logs.FilterMessageSnippet("deprecated keys").Len(), 1)
			lines := logs.FilterMessageSnippet("plain text").All()
			if tt.want == "" {
				assert.Empty(t, lines)
				return
			}
			require.Len(t, lines, 1)
			assert.Equal(t, tt.want, lines[0].ContextMap()["mechanism"])
			assert.Contains(t, lines[0].ContextMap()["remedy"], `"tls.insecure"`)
		})
	}
}
