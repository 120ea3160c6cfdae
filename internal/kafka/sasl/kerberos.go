// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"cmp"
	"errors"
	"strings"

	"github.com/IBM/sarama"
	krbconfig "github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/keytab"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
)

var kerberos = mechanism{
	name:      sarama.SASLTypeGSSAPI,
	configure: setKerberos,
	hints: kafkaerr.LoginHints{
		Refused: "it does not accept the ticket: check auth.kerberos.service_name and the clocks",
		Silent:  " from the KDC or the broker",
		Explain: causeOfKerberos,
	},
}

// systemKerberos is where Kerberos's own programs look for their configuration.
const systemKerberos = "/etc/krb5.conf"

func (k *KerberosConfig) configFile() string { return cmp.Or(k.ConfigFile, systemKerberos) }

func (k *KerberosConfig) withKeyTab() bool { return k.UseKeyTab || k.Password == "" }

// setKerberos has the library get a ticket of its own for every login, so none
// of them grows old.
func setKerberos(conf *sarama.Config, auth *AuthConfig) {
	k := auth.Kerberos
	conf.Net.SASL.GSSAPI = sarama.GSSAPIConfig{
		AuthType:           sarama.KRB5_USER_AUTH,
		KerberosConfigPath: k.configFile(),
		ServiceName:        k.ServiceName,
		Username:           k.Username,
		Password:           secretValue(k.Password),
		Realm:              k.Realm,
		DisablePAFXFAST:    k.DisableFastNegotiation,
	}
	if k.withKeyTab() {
		conf.Net.SASL.GSSAPI.AuthType = sarama.KRB5_KEYTAB_AUTH
		conf.Net.SASL.GSSAPI.KeyTabPath = k.KeyTabFile
	}
}

func (k *KerberosConfig) validationErrors() []error {
	if k == nil {
		return nil
	}
	var errs []error
	for _, needed := range []struct{ key, given string }{
		{"service_name", k.ServiceName},
		{"realm", k.Realm},
		{"username", k.Username},
	} {
		if needed.given == "" {
			errs = append(errs, notEmpty("auth.kerberos."+needed.key, "Kerberos"))
		}
	}
	switch {
	case k.UseKeyTab && k.KeyTabFile == "":
		errs = append(errs, errors.New(`"auth.kerberos.keytab_file" is empty: must be set with "auth.kerberos.use_keytab"`))
	case !k.UseKeyTab && k.KeyTabFile != "" && k.Password != "":
		errs = append(errs, errors.New(`"auth.kerberos.keytab_file" is set beside "auth.kerberos.password": must be one of them, or "auth.kerberos.use_keytab" true`))
	case k.KeyTabFile == "" && k.Password == "":
		errs = append(errs, errors.New(`"auth.kerberos.password" is empty: must be set for Kerberos, or "auth.kerberos.keytab_file"`))
	}
	return errs
}

func (k *KerberosConfig) fileErrors() []error {
	var errs []error
	if _, err := krbconfig.Load(k.configFile()); err != nil {
		errs = append(errs, tlsconfig.FileError("auth.kerberos.config_file", k.configFile(), "a krb5.conf", tlsconfig.ReadError(k.configFile(), err)))
	}
	if k.withKeyTab() {
		if _, err := keytab.Load(k.KeyTabFile); err != nil {
			errs = append(errs, tlsconfig.FileError("auth.kerberos.keytab_file", k.KeyTabFile, "a keytab", tlsconfig.ReadError(k.KeyTabFile, err)))
		}
	}
	return errs
}

// kerberosCauses explains what the Kerberos library says, which has no types
// for it. The first that fits counts.
var kerberosCauses = []struct{ says, cause string }{
	{"KDC_ERR_PREAUTH_FAILED", "wrong password or keytab"},
	{"client password/keytab incorrect", "wrong password or keytab"},
	{"matching key not found in keytab", "auth.kerberos.keytab_file has no key for auth.kerberos.username and auth.kerberos.realm"},
	{"KDC_ERR_C_PRINCIPAL_UNKNOWN", "the KDC does not know auth.kerberos.username in auth.kerberos.realm"},
	{"KDC_ERR_S_PRINCIPAL_UNKNOWN", "the KDC does not know the broker: check auth.kerberos.service_name, and that the broker is dialed by the host name of its principal"},
	{"KRB_AP_ERR_SKEW", "the clocks of this machine and the KDC differ too much"},
	{"KDC_ERR_WRONG_REALM", "unknown realm: check auth.kerberos.realm"},
	{"SRV records", "unknown realm: auth.kerberos.config_file has no KDC for auth.kerberos.realm"},
	{"no KDCs", "unknown realm: auth.kerberos.config_file has no KDC for auth.kerberos.realm"},
	{"KDC_ERR_ETYPE_NOSUPP", "the KDC does not offer an encryption type that auth.kerberos.config_file allows"},
	{"Networking_Error", "the KDC cannot be reached: check auth.kerberos.config_file"},
}

func causeOfKerberos(err error) string {
	text := err.Error()
	for _, known := range kerberosCauses {
		if strings.Contains(text, known.says) {
			return known.cause
		}
	}
	return "no ticket from the KDC"
}
