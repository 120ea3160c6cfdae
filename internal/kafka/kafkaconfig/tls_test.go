// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaconfig

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
)

// trusting speaks TLS with the authority in the file.
func trusting(caFile string) *tlsconfig.Config {
	c := new(tlsconfig.Config)
	c.CAFile = caFile
	return c
}

func TestTLSValidationErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*tlsconfig.Config)
		want   string // after the key
	}{
		"none":                     {func(*tlsconfig.Config) {}, ""},
		"pair":                     {func(c *tlsconfig.Config) { c.CertFile, c.KeyPem = "f", "p" }, ""},
		"certificate alone":        {func(c *tlsconfig.Config) { c.CertFile = "f" }, `.key_file" is empty: must be set with "KEY.cert_file"`},
		"key alone":                {func(c *tlsconfig.Config) { c.KeyPem = "p" }, `.cert_file" is empty: must be set with "KEY.key_file"`},
		"authorities given twice":  {func(c *tlsconfig.Config) { c.CAFile, c.CAPem = "f", "p" }, `" is not usable: provide either a CA file or the PEM-encoded string, but not both`},
		"plain text":               {func(c *tlsconfig.Config) { c.Insecure = true }, ""},
		"off beside a pair":        {func(c *tlsconfig.Config) { c.Insecure, c.CertFile, c.KeyFile = true, "f", "k" }, `.insecure" is true beside "KEY.cert_file": must be false`},
		"off beside a pair in PEM": {func(c *tlsconfig.Config) { c.Insecure, c.CertPem, c.KeyPem = true, "p", "k" }, `.insecure" is true beside "KEY.cert_pem": must be false`},
		"off beside a name":        {func(c *tlsconfig.Config) { c.Insecure, c.ServerName = true, "b" }, `.insecure" is true beside "KEY.server_name_override": must be false`},
		"off beside any trusted":   {func(c *tlsconfig.Config) { c.Insecure, c.InsecureSkipVerify = true, true }, `.insecure" is true beside "KEY.insecure_skip_verify": must be false`},
		"off beside the system's":  {func(c *tlsconfig.Config) { c.Insecure, c.IncludeSystemCACertsPool = true, true }, `.insecure" is true beside "KEY.include_system_ca_certs_pool": must be false`},
		"off beside a version":     {func(c *tlsconfig.Config) { c.Insecure, c.MinVersion = true, "1.3" }, `.insecure" is true beside "KEY.min_version": must be false`},
		"off beside an upper one":  {func(c *tlsconfig.Config) { c.Insecure, c.MaxVersion = true, "1.3" }, `.insecure" is true beside "KEY.max_version": must be false`},
		"off beside ciphers":       {func(c *tlsconfig.Config) { c.Insecure, c.CipherSuites = true, []string{"A"} }, `.insecure" is true beside "KEY.cipher_suites": must be false`},
		"off beside curves":        {func(c *tlsconfig.Config) { c.Insecure, c.CurvePreferences = true, []string{"P256"} }, `.insecure" is true beside "KEY.curve_preferences": must be false`},
		"on by an authority":       {func(c *tlsconfig.Config) { c.Insecure, c.CAFile, c.ServerName = true, "f", "b" }, ""},
		"version":                  {func(c *tlsconfig.Config) { c.MinVersion = "2" }, `" is not usable: invalid TLS min_version: unsupported TLS version: "2"`},
	} {
		t.Run(name, func(t *testing.T) {
			tls := new(tlsconfig.Config)
			tt.change(tls)
			cfg := validConfig()
			cfg.Auth.TLS = tls
			cfg.Auth.SASL = &sasl.Config{OAuthBearer: &sasl.OAuthBearerConfig{TLS: tls}}
			var want []string
			if tt.want != "" {
				for _, key := range []string{"auth.tls", "auth.sasl.oauthbearer.tls"} {
					want = append(want, `"`+key+strings.ReplaceAll(tt.want, "KEY", key))
				}
			}
			assert.Equal(t, want, texts(cfg.encryptionErrors()))
			cfg.TLS, cfg.Auth = tls, sasl.AuthConfig{}
			assert.Len(t, cfg.encryptionErrors(), len(want)/2)
			require.NoError(t, confmap.Validate(&cfg), "a second line for the same mistake")
		})
	}
}

func texts(errs []error) []string {
	var texts []string
	for _, err := range errs {
		texts = append(texts, err.Error())
	}
	return texts
}
