// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/confmap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafkatest"
)

// trusting speaks TLS with the authority in the file.
func trusting(caFile string) *TLSConfig {
	c := new(TLSConfig)
	c.CAFile = caFile
	return c
}

func TestTLSMistakes(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*TLSConfig)
		want   string // after the key
	}{
		"none":                     {func(*TLSConfig) {}, ""},
		"pair":                     {func(c *TLSConfig) { c.CertFile, c.KeyPem = "f", "p" }, ""},
		"certificate alone":        {func(c *TLSConfig) { c.CertFile = "f" }, `.key_file" is empty: must be set with "KEY.cert_file"`},
		"key alone":                {func(c *TLSConfig) { c.KeyPem = "p" }, `.cert_file" is empty: must be set with "KEY.key_file"`},
		"authorities given twice":  {func(c *TLSConfig) { c.CAFile, c.CAPem = "f", "p" }, `" is not usable: provide either a CA file or the PEM-encoded string, but not both`},
		"plain text":               {func(c *TLSConfig) { c.Insecure = true }, ""},
		"off beside a pair":        {func(c *TLSConfig) { c.Insecure, c.CertFile, c.KeyFile = true, "f", "k" }, `.insecure" is true beside "KEY.cert_file": must be false`},
		"off beside a pair in PEM": {func(c *TLSConfig) { c.Insecure, c.CertPem, c.KeyPem = true, "p", "k" }, `.insecure" is true beside "KEY.cert_pem": must be false`},
		"off beside a name":        {func(c *TLSConfig) { c.Insecure, c.ServerName = true, "b" }, `.insecure" is true beside "KEY.server_name_override": must be false`},
		"off beside any trusted":   {func(c *TLSConfig) { c.Insecure, c.InsecureSkipVerify = true, true }, `.insecure" is true beside "KEY.insecure_skip_verify": must be false`},
		"off beside the system's":  {func(c *TLSConfig) { c.Insecure, c.IncludeSystemCACertsPool = true, true }, `.insecure" is true beside "KEY.include_system_ca_certs_pool": must be false`},
		"off beside a version":     {func(c *TLSConfig) { c.Insecure, c.MinVersion = true, "1.3" }, `.insecure" is true beside "KEY.min_version": must be false`},
		"off beside an upper one":  {func(c *TLSConfig) { c.Insecure, c.MaxVersion = true, "1.3" }, `.insecure" is true beside "KEY.max_version": must be false`},
		"off beside ciphers":       {func(c *TLSConfig) { c.Insecure, c.CipherSuites = true, []string{"A"} }, `.insecure" is true beside "KEY.cipher_suites": must be false`},
		"off beside curves":        {func(c *TLSConfig) { c.Insecure, c.CurvePreferences = true, []string{"P256"} }, `.insecure" is true beside "KEY.curve_preferences": must be false`},
		"on by an authority":       {func(c *TLSConfig) { c.Insecure, c.CAFile, c.ServerName = true, "f", "b" }, ""},
		"version":                  {func(c *TLSConfig) { c.MinVersion = "2" }, `" is not usable: invalid TLS min_version: unsupported TLS version: "2"`},
	} {
		t.Run(name, func(t *testing.T) {
			tls := new(TLSConfig)
			tt.change(tls)
			cfg := testConfig("kafka:9092")
			cfg.Auth.TLS = tls
			cfg.Auth.SASL = &SASLConfig{OAuthBearer: &OAuthBearerConfig{TLS: tls}}
			var want []string
			if tt.want != "" {
				for _, key := range []string{"auth.tls", "auth.sasl.oauthbearer.tls"} {
					want = append(want, `"`+key+strings.ReplaceAll(tt.want, "KEY", key))
				}
			}
			assert.Equal(t, want, texts(cfg.encryptionMistakes()))
			cfg.TLS, cfg.Auth = tls, AuthConfig{}
			assert.Len(t, cfg.encryptionMistakes(), len(want)/2)
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

// The settings are read and written as the collector's own are.
func TestTLSKeys(t *testing.T) {
	given := map[string]any{
		"ca_file": "ca", "cert_pem": "c", "key_pem": "k", "min_version": "1.3", "cipher_suites": []any{"A"},
		"insecure_skip_verify": true, "server_name_override": "b", "tpm": map[string]any{"enabled": true, "path": "p", "auth": "", "owner_auth": ""},
	}
	var ours TLSConfig
	var theirs configtls.ClientConfig
	conf := confmap.NewFromStringMap(given)
	require.NoError(t, conf.Unmarshal(&ours))
	require.NoError(t, conf.Unmarshal(&theirs))
	assert.Equal(t, theirs, ours.clientConfig)

	written, want := confmap.New(), confmap.New()
	require.NoError(t, written.Marshal(Config{TLS: &ours}))
	require.NoError(t, want.Marshal(theirs))
	assert.Equal(t, want.ToStringMap(), written.Get("tls"))
	assert.Equal(t, "[REDACTED]", written.Get("tls::key_pem"))

	require.ErrorContains(t, confmap.NewFromStringMap(map[string]any{"tls": map[string]any{"ca": "f"}}).Unmarshal(new(Config)), "invalid keys: ca")
	var cfg Config
	require.NoError(t, confmap.NewFromStringMap(map[string]any{"tls": map[string]any{}}).Unmarshal(&cfg))
	assert.Equal(t, new(TLSConfig), cfg.TLS, "on, with nothing set")
}

// What brokers that are real are not made for in a test.
func TestTLS(t *testing.T) {
	ca := kafkatest.NewCA(t)
	for name, tt := range map[string]struct {
		lifetime time.Duration
		change   func(*tls.Config)
		cause    string
	}{
		"right":   {time.Hour, func(*tls.Config) {}, ""},
		"expired": {-time.Hour, func(*tls.Config) {}, "the broker's certificate has expired or is not valid yet"},
		"old versions alone": {
			time.Hour, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 },
			"the broker refused TLS (tls: protocol version not supported): check tls.min_version and tls.max_version",
		},
		"client certificate wanted": {
			time.Hour, func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert },
			"the broker refused TLS (tls: certificate required): check tls.cert_file and tls.key_file",
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := ca.Issue(t, "broker", tt.lifetime, "127.0.0.1")
			pair, err := tls.LoadX509KeyPair(files.Cert, files.Key)
			require.NoError(t, err)
			server := &tls.Config{Certificates: []tls.Certificate{pair}}
			tt.change(server)
			fake := kafkatest.StartFake(t, 1, kfake.TLS(server))
			cfg := testConfig(fake.Brokers()...)
			cfg.TLS = trusting(ca.File)
			requireLogin(t, cfg, tt.cause)
		})
	}
}
