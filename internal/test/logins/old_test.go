// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Brokers of this release know both kinds of login: wrapped in requests, and
// bare, as before Kafka 1.0, which protocol_version asks for.
func TestIntegrationLoginsOn282(t *testing.T) {
	s := &secured{}
	kafkatest.NeedReal(t, "2.8.2")
	mechanisms := []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}
	var jvm []string
	if kafkatest.HaveKDC(t) {
		s.kdc = kafkatest.StartKDC(t, ticketLifetime)
		s.kdc.AddUser(t, user, password)
		s.brokerTab = s.kdc.Keytab(t, "kafka/localhost")
		mechanisms = append(mechanisms, "GSSAPI")
		jvm = append(jvm, "-Djava.security.krb5.conf="+s.kdc.ConfigFile)
	}
	properties := map[string]string{}
	maps.Copy(properties, s.saslProperties("sasl", mechanisms))
	s.Cluster = kafkatest.Start(t, kafkatest.Options{
		Version: "2.8.2", Properties: properties, JVMArgs: jvm,
		Listeners: []kafkatest.Listener{{Name: saslOnly, Protocol: "SASL_PLAINTEXT", Host: "localhost"}},
	})
	addScram(t, s.Brokers())

	for _, version := range []string{"", "0.11.0.0"} {
		for _, mechanism := range mechanisms[:3] {
			bad := "wrong user name or password"
			if version != "" {
				bad = "the broker closed the connection: " + bad + ", or it went down"
			}
			for secret, cause := range map[string]string{password: "", wrong: "SASL " + mechanism + " login failed: " + bad} {
				t.Run(fmt.Sprintf("%s, protocol_version %q, right %v", mechanism, version, cause == ""), func(t *testing.T) {
					cfg := config(s.Addresses(saslOnly))
					cfg.ProtocolVersion = version
					cfg.Auth = byPassword(mechanism, secret)
					connect(t, cfg, nil).requireOutcome(t, cause)
				})
			}
		}
		t.Run(fmt.Sprintf("GSSAPI, protocol_version %q", version), func(t *testing.T) {
			if s.kdc == nil {
				t.Skip("no KDC")
			}
			cfg := config(s.Addresses(saslOnly))
			cfg.ProtocolVersion = version
			cfg.Auth = s.byTicket(password)
			connect(t, cfg, nil).requireIn(t)
		})
	}
}

// Brokers of this release know bare logins alone.
func TestIntegrationLoginsOn011(t *testing.T) {
	jaas := filepath.Join(t.TempDir(), "jaas.conf")
	require.NoError(t, os.WriteFile(jaas, fmt.Appendf(nil,
		`KafkaServer { org.apache.kafka.common.security.plain.PlainLoginModule required user_%s="%s"; };`, user, password), 0o600))
	c := kafkatest.Start(t, kafkatest.Options{
		Version:    "0.11.0.3",
		Properties: map[string]string{"sasl.enabled.mechanisms": "PLAIN"},
		JVMArgs:    []string{"-Djava.security.auth.login.config=" + jaas},
		Listeners:  []kafkatest.Listener{{Name: saslOnly, Protocol: "SASL_PLAINTEXT"}},
	})
	for name, tt := range map[string]struct {
		version, secret string
		mechanism       string
		cause           string
	}{
		"right": {"0.11.0.0", password, "PLAIN", ""},
		"wrong": {"0.11.0.0", wrong, "PLAIN", "SASL PLAIN login failed: the broker closed the connection: wrong user name or password, or it went down"},
		"other mechanism": {
			"0.11.0.0", password, "SCRAM-SHA-256",
			"SASL SCRAM-SHA-256 login failed: the broker does not offer this mechanism on this port",
		},
		"no protocol_version": {"", password, "PLAIN", "SASL PLAIN login failed: a broker before Kafka 1.0 wants protocol_version to be set"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(c.Addresses(saslOnly))
			cfg.ProtocolVersion = tt.version
			cfg.Auth = byPassword(tt.mechanism, tt.secret)
			connect(t, cfg, nil).requireOutcome(t, tt.cause)
		})
	}
}

// addScram adds the user, which brokers with ZooKeeper cannot be given at their
// start.
func addScram(t *testing.T, brokers []string) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	require.NoError(t, err)
	defer client.Close()
	var users []kadm.UpsertSCRAM
	for _, mechanism := range []kadm.ScramMechanism{kadm.ScramSha256, kadm.ScramSha512} {
		users = append(users, kadm.UpsertSCRAM{User: user, Mechanism: mechanism, Iterations: 4096, Password: password})
	}
	answers, err := kadm.NewClient(client).AlterUserSCRAMs(t.Context(), nil, users)
	require.NoError(t, err)
	require.NoError(t, answers.Error())
}
