// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
)

func opaque(s string) configopaque.String { return configopaque.String(s) }

func (s *secured) kerberos() *sasl.KerberosConfig {
	return &sasl.KerberosConfig{ServiceName: "kafka", Realm: s.kdc.Realm, Username: user, ConfigFile: s.kdc.ConfigFile}
}

func (s *secured) byTicket(secret string) sasl.AuthConfig {
	k := s.kerberos()
	k.Password = opaque(secret)
	return sasl.AuthConfig{Kerberos: k}
}

func (s *secured) byKeytab(file string) sasl.AuthConfig {
	k := s.kerberos()
	k.Username, k.UseKeyTab, k.KeyTabFile = "keeper", true, file
	return sasl.AuthConfig{Kerberos: k}
}

// tickets holds what else can be wrong with Kerberos.
func tickets(t *testing.T, s *secured) {
	t.Helper()
	if s.kdc == nil {
		t.Skip("no KDC")
	}
	for name, tt := range map[string]struct {
		change func(*sasl.KerberosConfig)
		cause  string
	}{
		"without fast negotiation": {func(k *sasl.KerberosConfig) { k.DisableFastNegotiation = true }, ""},
		"unknown user":             {func(k *sasl.KerberosConfig) { k.Username = "nobody" }, "the KDC does not know auth.kerberos.username in auth.kerberos.realm"},
		"unknown service": {func(k *sasl.KerberosConfig) { k.ServiceName = "rabbit" }, "the KDC does not know the broker: " +
			"check auth.kerberos.service_name, and that the broker is dialed by the host name of its principal"},
		"unknown realm": {
			func(k *sasl.KerberosConfig) { k.Realm = "NOWHERE.TEST" },
			"unknown realm: auth.kerberos.config_file has no KDC for auth.kerberos.realm",
		},
		// The KDC does not serve the realm that it is asked for.
		"wrong realm": {
			func(k *sasl.KerberosConfig) {
				k.Realm, k.ConfigFile = "OTHER.TEST", s.rewritten(t, regexp.QuoteMeta(s.kdc.Realm), "OTHER.TEST")
			},
			"the KDC does not know auth.kerberos.username in auth.kerberos.realm", // for all that it says
		},
		"clock skew": {
			func(k *sasl.KerberosConfig) { k.ConfigFile = s.kdc.Strict(t) },
			"the clocks of this machine and the KDC differ too much",
		},
		"KDC not there": {
			func(k *sasl.KerberosConfig) { k.ConfigFile = s.rewritten(t, `kdc = 127.*`, "kdc = "+deadAddress(t)) },
			"the KDC cannot be reached: check auth.kerberos.config_file",
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(s.Addresses(saslOnly))
			cfg.Auth = s.byTicket(password)
			tt.change(cfg.Auth.Kerberos)
			cause := tt.cause
			if cause != "" {
				cause = "SASL GSSAPI login failed: " + cause
			}
			connect(t, cfg, nil).requireOutcome(t, cause)
		})
	}
}

// rewritten is the krb5.conf with what matches replaced.
func (s *secured) rewritten(t *testing.T, match, replacement string) string {
	t.Helper()
	text, err := os.ReadFile(s.kdc.ConfigFile)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "krb5.conf")
	changed := regexp.MustCompile(match).ReplaceAllLiteral(text, []byte(replacement))
	require.NoError(t, os.WriteFile(file, changed, 0o600))
	return file
}
