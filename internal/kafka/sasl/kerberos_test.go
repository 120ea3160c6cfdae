// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
)

func TestSetKerberos(t *testing.T) {
	common := func(k KerberosConfig) KerberosConfig {
		k.ServiceName, k.Realm, k.Username = "kafka", "R", "u"
		return k
	}
	for name, tt := range map[string]struct {
		given KerberosConfig
		want  sarama.GSSAPIConfig
	}{
		"password": {
			KerberosConfig{Password: "p"},
			sarama.GSSAPIConfig{AuthType: sarama.KRB5_USER_AUTH, KerberosConfigPath: "/etc/krb5.conf", Password: "p"},
		},
		"keytab": {
			KerberosConfig{KeyTabFile: "f", ConfigFile: "c"},
			sarama.GSSAPIConfig{AuthType: sarama.KRB5_KEYTAB_AUTH, KerberosConfigPath: "c", KeyTabPath: "f"},
		},
		"keytab beside a password": {
			KerberosConfig{Password: "p", UseKeyTab: true, KeyTabFile: "f"},
			sarama.GSSAPIConfig{AuthType: sarama.KRB5_KEYTAB_AUTH, KerberosConfigPath: "/etc/krb5.conf", Password: "p", KeyTabPath: "f"},
		},
		"without PA-FX-FAST": {
			KerberosConfig{Password: "p", DisableFastNegotiation: true},
			sarama.GSSAPIConfig{AuthType: sarama.KRB5_USER_AUTH, KerberosConfigPath: "/etc/krb5.conf", Password: "p", DisablePAFXFAST: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			given := common(tt.given)
			tt.want.ServiceName, tt.want.Realm, tt.want.Username = "kafka", "R", "u"
			conf := sarama.NewConfig()
			NewLogin(t.Context(), &AuthConfig{Kerberos: &given}, time.Second).Configure(conf)
			assert.Equal(t, tt.want, conf.Net.SASL.GSSAPI)
		})
	}
}
