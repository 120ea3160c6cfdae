// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"testing"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
)

const untrusted = "the broker's certificate is signed by a CA that is not trusted: set tls.ca_file"

// way is one way to log in, with the right secret and a wrong one.
type way struct {
	name  string
	right sasl.AuthConfig
	wrong sasl.AuthConfig
	// cause is what the wrong one comes to.
	cause string
	// environment is what else is wrong there.
	environment map[string]string
}

func byPassword(mechanism, secret string) sasl.AuthConfig {
	return sasl.AuthConfig{SASL: &sasl.Config{Mechanism: mechanism, Username: user, Password: opaque(secret)}}
}

// ways lists all that the broker offers.
func (s *secured) ways() []way {
	var all []way
	for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"} {
		all = append(all, way{
			name: mechanism, right: byPassword(mechanism, password), wrong: byPassword(mechanism, wrong),
			cause: "SASL " + mechanism + " login failed: wrong user name or password",
		})
	}
	all = append(all, way{
		name: "OAUTHBEARER", right: s.byToken(s.tokens.Secret), wrong: s.byToken(wrong),
		cause: "SASL OAUTHBEARER login failed: " + tokenRefused,
	})
	if s.signed {
		all = append(all, way{
			name: "AWS_MSK_IAM_OAUTHBEARER", right: bySignature(region), wrong: bySignature(region),
			cause: unsigned, environment: map[string]string{"AWS_SECRET_ACCESS_KEY": wrong},
		})
	}
	if s.kdc != nil {
		all = append(all,
			way{
				name: "GSSAPI password", right: s.byTicket(password), wrong: s.byTicket(wrong),
				cause: "SASL GSSAPI login failed: wrong password or keytab",
			},
			way{
				name: "GSSAPI keytab", right: s.byKeytab(s.keytab), wrong: s.byKeytab(s.strangersTab),
				cause: "SASL GSSAPI login failed: auth.kerberos.keytab_file has no key for auth.kerberos.username and auth.kerberos.realm",
			})
	}
	return all
}

// matrix holds every mechanism against a right and a wrong secret, with and
// without TLS, and against a wrong authority.
func matrix(t *testing.T, s *secured) {
	t.Helper()
	for _, w := range s.ways() {
		for _, tt := range []struct {
			name     string
			listener string
			auth     sasl.AuthConfig
			caFile   string
			cause    string
		}{
			{"right", saslOnly, w.right, "", ""},
			{"wrong secret", saslOnly, w.wrong, "", w.cause},
			{"right over TLS", saslTLS, w.right, s.ca.File, ""},
			{"wrong secret over TLS", saslTLS, w.wrong, s.ca.File, w.cause},
			{"wrong CA", saslTLS, w.right, s.otherCA.File, untrusted},
		} {
			t.Run(w.name+"/"+tt.name, func(t *testing.T) {
				if tt.cause == w.cause {
					setEnvironment(t, w.environment)
				}
				cfg := config(s.Addresses(tt.listener))
				cfg.Auth = tt.auth
				if tt.caFile != "" {
					cfg.TLS = trusting(tt.caFile)
				}
				connect(t, cfg, nil).requireOutcome(t, tt.cause)
				requireCheck(t, cfg, tt.cause)
			})
		}
	}
}
