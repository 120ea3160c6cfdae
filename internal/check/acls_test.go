// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

func TestACLCommands(t *testing.T) {
	withCertificate := new(tlsconfig.Config)
	withCertificate.CertFile = "monitor.pem"
	for name, tt := range map[string]struct {
		auth      sasl.AuthConfig
		tls       *tlsconfig.Config
		principal string
	}{
		"no login":           {principal: "User:ANONYMOUS"},
		"TLS alone":          {tls: new(tlsconfig.Config), principal: "User:ANONYMOUS"},
		"a certificate":      {tls: withCertificate, principal: "User:PRINCIPAL"},
		"a password":         {auth: sasl.AuthConfig{SASL: &sasl.Config{Mechanism: "PLAIN", Username: "monitor"}}, principal: "User:monitor"},
		"a deprecated key":   {auth: sasl.AuthConfig{PlainText: &sasl.PlainTextConfig{Username: "monitor"}}, principal: "User:monitor"},
		"a ticket":           {auth: sasl.AuthConfig{Kerberos: &sasl.KerberosConfig{Username: "monitor"}}, principal: "User:monitor"},
		"a service's ticket": {auth: sasl.AuthConfig{Kerberos: &sasl.KerberosConfig{Username: "monitor/host"}}, principal: "User:monitor"},
		"a token":            {auth: sasl.AuthConfig{SASL: &sasl.Config{Mechanism: "OAUTHBEARER"}}, principal: "User:PRINCIPAL"},
		"a shell's words":    {auth: sasl.AuthConfig{SASL: &sasl.Config{Mechanism: "PLAIN", Username: "it's; rm $HOME"}}, principal: `'User:it'\''s; rm $HOME'`},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := receiver.NewFactory().CreateDefaultConfig().(*receiver.Config)
			cfg.Auth, cfg.TLS = tt.auth, tt.tls
			assert.Equal(t, []string{
				"kafka-acls.sh --bootstrap-server localhost:9092 --command-config admin.properties --add --allow-principal " +
					tt.principal + " --operation Describe --cluster --group '*'",
				"kafka-acls.sh --bootstrap-server localhost:9092 --command-config admin.properties --add --allow-principal " +
					tt.principal + " --operation DescribeConfigs --topic '*'",
			}, aclCommands(printer{}, cfg, []Right{
				{Operation: describe, Resource: onTopics, State: StatePresent},
				{Operation: describe, Resource: onGroups, State: StateMissing},
				{Operation: describe, Resource: onCluster, State: StateLimited},
				{Operation: describeConfigs, Resource: onTopics, State: StateMissing},
				{Operation: describeConfigs, Resource: onTopics, State: StateOff},
				{Operation: describeConfigs, Resource: onCluster, State: StateUnknown},
			}))
		})
	}
}
