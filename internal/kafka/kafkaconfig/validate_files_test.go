// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaconfig

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func TestStartLooksAtFiles(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	missing := filepath.Join(dir, "missing")
	nonsense := file("nonsense", "no PEM")
	ca := kafkatest.NewCA(t)
	good := ca.Issue(t, "good", time.Hour)
	other := ca.Issue(t, "other", time.Hour)
	old := ca.Issue(t, "old", -time.Hour)
	bundle := file("bundle", read(t, old.Cert)+read(t, ca.File))
	krb := file("krb5.conf", "[libdefaults]\ndefault_realm = R\n")

	pair := func(cert, key string) func(*Config) {
		return func(c *Config) { c.TLS.CertFile, c.TLS.KeyFile = cert, key }
	}
	authority := func(path string) func(*Config) { return func(c *Config) { c.TLS.CAFile = path } }
	kerberos := func(krb5, keytab string) func(*Config) {
		return func(c *Config) {
			c.Auth.Kerberos = &sasl.KerberosConfig{ServiceName: "kafka", Realm: "R", Username: "u", KeyTabFile: keytab, ConfigFile: krb5}
		}
	}
	for name, tt := range map[string]struct {
		change func(*Config)
		want   []string // the beginning of each line
	}{
		"none":           {func(*Config) {}, nil},
		"authority":      {authority(ca.File), nil},
		"bundle":         {authority(bundle), nil},
		"pair":           {pair(good.Cert, good.Key), nil},
		"no authority":   {authority(missing), []string{`"tls.ca_file" is "` + missing + `": must be a file with certificates in PEM: no such file or directory`}},
		"odd authority":  {authority(nonsense), []string{`"tls.ca_file" is "` + nonsense + `": must be a file with certificates in PEM: there is no certificate`}},
		"old authority":  {authority(old.Cert), []string{`"tls.ca_file" is "` + old.Cert + `": must be a file with certificates in PEM: expired at `}},
		"no certificate": {pair(missing, good.Key), []string{`"tls.cert_file" is "` + missing + `": must be a file with a certificate in PEM: no such file or directory`}},
		"no key":         {pair(good.Cert, missing), []string{`"tls.key_file" is "` + missing + `": must be a file with the key of tls.cert_file in PEM: no such file or directory`}},
		"other key":      {pair(good.Cert, other.Key), []string{`"tls.key_file" is "` + other.Key + `": must be a file with the key of tls.cert_file in PEM: tls: private key does not match public key`}},
		"old pair":       {pair(old.Cert, old.Key), []string{`"tls.cert_file" is "` + old.Cert + `": must be a file with a valid certificate: expired at `}},
		"old pem pair": {func(c *Config) {
			c.TLS.CertPem, c.TLS.KeyPem = configopaque.String(read(t, old.Cert)), configopaque.String(read(t, old.Key))
		}, []string{`"tls.cert_pem" is not usable: must be a valid certificate: expired at `}},
		"old certificate, key_pem": {func(c *Config) {
			c.TLS.CertFile, c.TLS.KeyPem = old.Cert, configopaque.String(read(t, old.Key))
		}, []string{`"tls.cert_file" is "` + old.Cert + `": must be a file with a valid certificate: expired at `}},
		"old certificate, key in a TPM": {func(c *Config) {
			c.TLS.CertFile, c.TLS.KeyFile = old.Cert, nonsense
			c.TLS.TPMConfig.Enabled, c.TLS.TPMConfig.Path = true, missing
		}, []string{`"tls.cert_file" is "` + old.Cert + `": must be a file with a valid certificate: expired at `}},
		"old ca_pem": {func(c *Config) { c.TLS.CAPem = configopaque.String(read(t, old.Cert)) }, []string{
			`"tls.ca_pem" is not usable: must be certificates in PEM: expired at `,
		}},
		"odd certificate": {pair(nonsense, good.Key), []string{`"tls.cert_file" is "` + nonsense + `": must be a file with a certificate in PEM: there is no certificate`}},
		"all at once": {func(c *Config) {
			c.TLS.CAPem, c.TLS.CertPem, c.TLS.KeyFile = configopaque.String(read(t, old.Cert)), configopaque.String(read(t, old.Cert)), old.Key
		}, []string{`"tls.ca_pem" is not usable: `, `"tls.cert_pem" is not usable: `}},
		"deprecated": {func(c *Config) {
			c.Auth.TLS, c.TLS = c.TLS, nil
			c.Auth.TLS.CAFile = missing
		}, []string{`"auth.tls.ca_file" is "` + missing + `": must be a file with certificates in PEM: no such file or directory`}},
		"off": {func(c *Config) {
			c.TLS.Insecure, c.TLS.CertFile, c.TLS.KeyFile = true, missing, missing
		}, nil},
		"insecure beside an authority": {func(c *Config) {
			c.TLS.Insecure, c.TLS.CAFile = true, missing
		}, []string{`"tls.ca_file" is "` + missing + `": must be a file with certificates in PEM: no such file or directory`}},
		"ciphers": {func(c *Config) { c.TLS.CipherSuites = []string{"ROT13", "ROT26"} }, []string{
			`"tls" is not usable: failed to load TLS config: invalid TLS cipher suite: "ROT13"; invalid TLS cipher suite: "ROT26"`,
		}},
		"curve":  {func(c *Config) { c.TLS.CurvePreferences = []string{"round"} }, []string{`"tls" is not usable: failed to load TLS config: invalid curve type`}},
		"ca_pem": {func(c *Config) { c.TLS.CAPem = "no PEM" }, []string{`"tls.ca_pem" is not usable: must be certificates in PEM: there is no certificate`}},
		"key_pem": {func(c *Config) {
			c.TLS.CertPem, c.TLS.KeyPem = configopaque.String(read(t, good.Cert)), configopaque.String(read(t, other.Key))
		}, []string{`"tls.key_pem" is not usable: must be the key of tls.cert_pem in PEM: tls: private key does not match public key`}},
		"right pem": {func(c *Config) {
			c.TLS.CAPem, c.TLS.CertPem, c.TLS.KeyPem = configopaque.String(read(t, ca.File)), configopaque.String(read(t, good.Cert)), configopaque.String(read(t, good.Key))
		}, nil},
		"key in a TPM": {func(c *Config) {
			c.TLS.CertFile, c.TLS.KeyFile = good.Cert, nonsense
			c.TLS.TPMConfig.Enabled, c.TLS.TPMConfig.Path = true, missing
		}, []string{`"tls" is not usable: failed to load TLS config: `}},
		"token server": {func(c *Config) {
			c.Auth.SASL = &sasl.Config{Mechanism: "OAUTHBEARER", OAuthBearer: &sasl.OAuthBearerConfig{TLS: trusting(missing)}}
		}, []string{`"auth.sasl.oauthbearer.tls.ca_file" is "` + missing + `": must be a file with certificates in PEM: no such file or directory`}},
		"Kerberos": {kerberos(missing, missing), []string{
			`"auth.kerberos.config_file" is "` + missing + `": must be a file with a krb5.conf: no such file or directory`,
			`"auth.kerberos.keytab_file" is "` + missing + `": must be a file with a keytab: no such file or directory`,
		}},
		"odd keytab": {kerberos(krb, nonsense), []string{`"auth.kerberos.keytab_file" is "` + nonsense + `": must be a file with a keytab: `}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := validConfig()
			cfg.TLS = new(tlsconfig.Config)
			tt.change(&cfg)
			cfg, _ = cfg.Current()
			err := errors.Join(cfg.FileErrors(t.Context(), time.Now())...)
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			lines := strings.Split(err.Error(), "\n")
			require.Len(t, lines, len(tt.want))
			for i, want := range tt.want {
				assert.True(t, strings.HasPrefix(lines[i], want), "%s\nis not\n%s", lines[i], want)
			}
		})
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
