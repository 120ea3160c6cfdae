// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
)

// Read, not validated: nobody could log in all these ways at once.
func TestEveryLoginKeyIsRead(t *testing.T) {
	cfg, err := loadConfig(t, "kafkalag/logins")
	require.NoError(t, err)
	tls := func(caFile string) *tlsconfig.Config {
		c := new(tlsconfig.Config)
		c.CAFile = caFile
		return c
	}
	handshake, version := false, 1
	assert.Equal(t, sasl.AuthConfig{
		SASL: &sasl.Config{
			Mechanism: "OAUTHBEARER", Username: "u", Password: "p1", Handshake: &handshake, Version: &version,
			OAuthBearer: &sasl.OAuthBearerConfig{
				ClientID: "c", ClientSecret: "p2", TokenURL: "https://login/token", Scopes: []string{"a", "b"},
				EndpointParams: map[string][]configopaque.String{"audience": {"kafka"}},
				Extensions:     map[string]string{"logicalCluster": "lkc-1"},
				TLS:            tls("login.pem"),
			},
			OAuthBearerTokenSource: component.MustNewIDWithName("oauth2client", "kafka"),
			AWSMSK:                 sasl.AWSMSKConfig{Region: "eu-west-1"},
		},
		Kerberos: &sasl.KerberosConfig{
			ServiceName: "kafka", Realm: "R", Username: "k", Password: "p3", UseKeyTab: true,
			KeyTabFile: "keytab", ConfigFile: "krb5.conf", DisableFastNegotiation: true,
		},
		PlainText: &sasl.PlainTextConfig{Username: "old", Password: "p4"},
		TLS:       tls("old.pem"),
	}, cfg.Auth)
}
