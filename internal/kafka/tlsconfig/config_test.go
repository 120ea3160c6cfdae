// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package tlsconfig

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/confmap"
)

// The settings are read and written as the collector's own are.
func TestTLSKeys(t *testing.T) {
	given := map[string]any{
		"ca_file": "ca", "cert_pem": "c", "key_pem": "k", "min_version": "1.3", "cipher_suites": []any{"A"},
		"insecure_skip_verify": true, "server_name_override": "b", "tpm": map[string]any{"enabled": true, "path": "p", "auth": "", "owner_auth": ""},
	}
	var ours Config
	var theirs configtls.ClientConfig
	conf := confmap.NewFromStringMap(given)
	require.NoError(t, conf.Unmarshal(&ours))
	require.NoError(t, conf.Unmarshal(&theirs))
	assert.Equal(t, theirs, ours.clientConfig)

	written, want := confmap.New(), confmap.New()
	type holder struct {
		TLS *Config `mapstructure:"tls"`
	}
	require.NoError(t, written.Marshal(holder{TLS: &ours}))
	require.NoError(t, want.Marshal(theirs))
	assert.Equal(t, want.ToStringMap(), written.Get("tls"))
	assert.Equal(t, "[REDACTED]", written.Get("tls::key_pem"))

	require.ErrorContains(t, confmap.NewFromStringMap(map[string]any{"tls": map[string]any{"ca": "f"}}).Unmarshal(new(holder)), "invalid keys: ca")
	var cfg holder
	require.NoError(t, confmap.NewFromStringMap(map[string]any{"tls": map[string]any{}}).Unmarshal(&cfg))
	assert.Equal(t, new(Config), cfg.TLS, "on, with nothing set")
}
