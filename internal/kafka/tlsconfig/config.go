// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package tlsconfig has the settings of TLS, and says what is wrong with them
// and with the files that a configuration names.
package tlsconfig

import (
	"fmt"
	"time"

	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/confmap"

	"github.com/kafkalag/kafkalagreceiver/internal/durations"
)

// clientConfig is an alias for embedding that is not exported: the collector calls
// Validate of exported fields. In a ClientConfig it finds the same method twice, and
// would report each mistake twice under the names of Go's fields.
type clientConfig = configtls.ClientConfig

// Config is the collector's settings of TLS for clients.
type Config struct {
	clientConfig `mapstructure:",squash"`
}

// Validate finds nothing, in place of the embedded one: [Config.ValidationErrors] asks
// that and names the key.
func (*Config) Validate() error { return nil }

// Marshal writes what is embedded, which the collector does not see.
func (c Config) Marshal(conf *confmap.Conf) error { return conf.Marshal(c.clientConfig) }

// ValidationErrors returns what is wrong with the settings at a key, in one line.
func (c *Config) ValidationErrors(at string) []error {
	if c == nil {
		return nil
	}
	certificate, key := c.CertFile != "" || c.CertPem != "", c.KeyFile != "" || c.KeyPem != ""
	switch err := c.clientConfig.Validate(); {
	case certificate && !key:
		return []error{fmt.Errorf(`"%s.key_file" is empty: must be set with "%[1]s.cert_file"`, at)}
	case key && !certificate:
		return []error{fmt.Errorf(`"%s.cert_file" is empty: must be set with "%[1]s.key_file"`, at)}
	case err != nil:
		return []error{fmt.Errorf("%q is not usable: %w", at, err)}
	}
	if err := (durations.Limit{Key: at + ".reload_interval", Given: c.ReloadInterval, Least: time.Second, OrZero: true}).Check(); err != nil {
		return []error{err}
	}
	if unused := c.unused(); unused != "" {
		return []error{fmt.Errorf(`"%s.insecure" is true beside "%[1]s.%s": must be false`, at, unused)}
	}
	return nil
}

// unused names a setting that plain text leaves without effect, "" where there
// is none. Whoever sets one expects TLS, and "insecure" may stand in another
// file that is merged with this one.
func (c *Config) unused() string {
	if !c.IsOff() {
		return ""
	}
	for _, setting := range []struct {
		key   string
		given bool
	}{
		{"cert_file", c.CertFile != ""},
		{"cert_pem", c.CertPem != ""},
		{"server_name_override", c.ServerName != ""},
		{"insecure_skip_verify", c.InsecureSkipVerify},
		{"include_system_ca_certs_pool", c.IncludeSystemCACertsPool},
		{"min_version", c.MinVersion != ""},
		{"max_version", c.MaxVersion != ""},
		{"cipher_suites", len(c.CipherSuites) > 0},
		{"curve_preferences", len(c.CurvePreferences) > 0},
	} {
		if setting.given {
			return setting.key
		}
	}
	return ""
}

// IsOff reports whether settings of TLS ask for plain text. "insecure" does not
// where there are authorities to trust.
func (c *Config) IsOff() bool {
	return c.Insecure && c.CAFile == "" && c.CAPem == ""
}
