// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// The user that the brokers know, and what must not be seen in any output.
const (
	user     = "monitor"
	password = "pa55word-of-monitor"
	wrong    = "guessed-pa55word"
)

// The listeners of the broker. Proxies stand before all of them.
const (
	tlsOnly  = "TLS"     // no login
	mutual   = "MTLS"    // a client certificate
	saslOnly = "SASL"    // every mechanism, in plain text, and again every few seconds
	saslTLS  = "SASLTLS" // every mechanism
)

// relogin is how soon the listener saslOnly wants a new login; tickets last
// not much longer.
const (
	relogin        = 2 * time.Second
	ticketLifetime = 5 * time.Second
)

// secured is one broker with every way to log in, and what these need.
type secured struct {
	*kafkatest.Cluster
	ca, otherCA  *kafkatest.CA
	tokens       *kafkatest.TokenServer
	tokensTLS    *kafkatest.TokenServer
	signed       bool           // tokens signed with AWS credentials are taken
	kdc          *kafkatest.KDC // nil where none can run
	brokerTab    string
	keytab       string
	strangersTab string // without the user's key
}

func startSecured(t *testing.T) *secured {
	t.Helper()
	kafkatest.NeedReal(t, "")
	s := &secured{ca: kafkatest.NewCA(t), otherCA: kafkatest.NewCA(t)}
	server := s.ca.Issue(t, "broker", time.Hour, "localhost")
	properties := map[string]string{
		"ssl.keystore.type": "PEM", "ssl.keystore.location": server.Both,
		"ssl.truststore.type": "PEM", "ssl.truststore.location": s.ca.File,
		"listener.name.mtls.ssl.client.auth": "required",
	}
	mechanisms := []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"}
	var jvm []string
	classes := ""
	if kafkatest.HaveJavac(t) {
		classes = kafkatest.CompileJava(t, filepath.Join("testdata", "MSKTokens.java"))
		jvm = append(jvm, "-Dmsk.accessKey="+accessKey, "-Dmsk.secretKey="+secretKey, "-Dmsk.region="+region)
		for _, listener := range []string{saslOnly, saslTLS} {
			properties["listener.name."+strings.ToLower(listener)+".oauthbearer.sasl.server.callback.handler.class"] = "MSKTokens"
		}
		s.signed = true
	}
	if kafkatest.HaveKDC(t) {
		s.kdc = kafkatest.StartKDC(t, ticketLifetime)
		s.kdc.AddUser(t, user, password)
		s.brokerTab = s.kdc.Keytab(t, "kafka/localhost")
		s.keytab = s.kdc.Keytab(t, "keeper")
		s.strangersTab = s.kdc.Keytab(t, "stranger")
		mechanisms = append(mechanisms, "GSSAPI")
		jvm = append(jvm, "-Djava.security.krb5.conf="+s.kdc.ConfigFile)
	}
	for _, listener := range []string{saslOnly, saslTLS} {
		maps.Copy(properties, s.saslProperties(strings.ToLower(listener), mechanisms))
	}
	properties["listener.name.sasl.connections.max.reauth.ms"] = fmt.Sprint(relogin.Milliseconds())

	s.Cluster = kafkatest.Start(t, kafkatest.Options{
		Properties: properties,
		JVMArgs:    jvm,
		Classes:    classes,
		Listeners: []kafkatest.Listener{
			{Name: tlsOnly, Protocol: "SSL", Host: "localhost", Proxied: true},
			{Name: mutual, Protocol: "SSL", Host: "localhost", Proxied: true},
			{Name: saslOnly, Protocol: "SASL_PLAINTEXT", Host: "localhost", Proxied: true},
			{Name: saslTLS, Protocol: "SASL_SSL", Host: "localhost", Proxied: true},
		},
		StorageArgs: []string{
			"--add-scram", "SCRAM-SHA-256=[name=" + user + ",password=" + password + "]",
			"--add-scram", "SCRAM-SHA-512=[name=" + user + ",password=" + password + "]",
		},
	})
	s.tokens = kafkatest.StartTokenServer(t, nil)
	certificate := s.ca.Issue(t, "tokens", time.Hour, "127.0.0.1")
	s.tokensTLS = kafkatest.StartTokenServer(t, &certificate)
	return s
}

// saslProperties has a listener offer the mechanisms.
func (s *secured) saslProperties(listener string, mechanisms []string) map[string]string {
	at := "listener.name." + listener + "."
	const security = "org.apache.kafka.common.security."
	properties := map[string]string{
		at + "sasl.enabled.mechanisms":        strings.Join(mechanisms, ","),
		at + "plain.sasl.jaas.config":         fmt.Sprintf(`%splain.PlainLoginModule required user_%s="%s";`, security, user, password),
		at + "scram-sha-256.sasl.jaas.config": security + "scram.ScramLoginModule required;",
		at + "scram-sha-512.sasl.jaas.config": security + "scram.ScramLoginModule required;",
		at + "oauthbearer.sasl.jaas.config": security + `oauthbearer.OAuthBearerLoginModule required ` +
			`unsecuredLoginStringClaim_sub="broker" unsecuredValidatorRequiredScope="kafka";`,
	}
	if s.kdc != nil {
		properties["sasl.kerberos.service.name"] = "kafka"
		properties[at+"gssapi.sasl.jaas.config"] = fmt.Sprintf(`com.sun.security.auth.module.Krb5LoginModule required `+
			`isInitiator=false useKeyTab=true storeKey=true keyTab="%s" principal="kafka/localhost@%s";`, s.brokerTab, s.kdc.Realm)
	}
	return properties
}
