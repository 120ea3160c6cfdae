// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestTellsOfASecretInPlainText(t *testing.T) {
	sasl := func(mechanism string) AuthConfig {
		return AuthConfig{SASL: &SASLConfig{Mechanism: mechanism, Username: "u", Password: "p", OAuthBearer: &OAuthBearerConfig{}}}
	}
	off := new(TLSConfig)
	off.Insecure = true
	onAfterAll := trusting("ca.pem")
	onAfterAll.Insecure = true
	for name, tt := range map[string]struct {
		auth AuthConfig
		tls  *TLSConfig
		want string // the mechanism
	}{
		"no login":                  {AuthConfig{}, nil, ""},
		"PLAIN":                     {sasl("PLAIN"), nil, "PLAIN"},
		"PLAIN, TLS off":            {sasl("PLAIN"), off, "PLAIN"},
		"PLAIN, TLS on":             {sasl("PLAIN"), new(TLSConfig), ""},
		"PLAIN, on by an authority": {sasl("PLAIN"), onAfterAll, ""},
		"older keys":                {AuthConfig{PlainText: &PlainTextConfig{Username: "u", Password: "p"}}, nil, "PLAIN"},
		"older keys, TLS on":        {AuthConfig{PlainText: &PlainTextConfig{Username: "u", Password: "p"}, TLS: new(TLSConfig)}, nil, ""},
		"a token":                   {sasl("OAUTHBEARER"), nil, "OAUTHBEARER"},
		"a token of AWS":            {sasl("AWS_MSK_IAM_OAUTHBEARER"), off, "AWS_MSK_IAM_OAUTHBEARER"},
		"SCRAM shows no secret":     {sasl("SCRAM-SHA-512"), nil, ""},
		"Kerberos shows no secret":  {AuthConfig{Kerberos: &KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", Password: "p"}}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			core, logs := observer.New(zap.WarnLevel)
			cfg := validConfig()
			cfg.Auth, cfg.TLS = tt.auth, tt.tls
			cfg.warn(zap.New(core))
			assert.LessOrEqual(t, logs.FilterMessageSnippet("deprecated keys").Len(), 1)
			told := logs.FilterMessageSnippet("plain text").All()
			if tt.want == "" {
				assert.Empty(t, told)
				return
			}
			require.Len(t, told, 1)
			assert.Equal(t, tt.want, told[0].ContextMap()["mechanism"])
			assert.Contains(t, told[0].ContextMap()["remedy"], `"tls.insecure"`)
		})
	}
}
