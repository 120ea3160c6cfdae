// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"strings"

	"github.com/IBM/sarama"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// mechanism is one way to log in by SASL, as far as it differs from others.
// Each has a file of its own.
type mechanism struct {
	// name is what auth.sasl.mechanism and messages call it.
	name string
	// validate returns what is wrong with its own keys, an error for each.
	validate func(*Config) []error
	// configure gives the library its credentials. Nil if tokens are all.
	configure func(*sarama.Config, *AuthConfig)
	// tokens returns the source of its tokens, nil where that is a collector
	// extension, and what is sent beside each. Nil: it needs no tokens.
	tokens func(*AuthConfig) (tokenSource, map[string]string)
	// sendsSecret says that whoever reads the connection learns the secret.
	sendsSecret bool
	hints       kafkaerr.LoginHints
}

// mechanisms are those that auth.sasl.mechanism may name.
var mechanisms = []*mechanism{&plain, &scram256, &scram512, &oauthBearer, &awsMSK}

// mechanism returns the way to log in, nil where there is none.
func (a *AuthConfig) mechanism() *mechanism {
	if a.Kerberos != nil {
		return &kerberos
	}
	if a.SASL == nil {
		return nil
	}
	return mechanismNamed(a.SASL.Mechanism)
}

func mechanismNamed(name string) *mechanism {
	for _, m := range mechanisms {
		if m.name == name {
			return m
		}
	}
	return nil
}

// Name returns what messages call the way to log in, "" where there is none, and the
// user name that goes with it, "" where a token or a ticket has it.
func (a *AuthConfig) Name() (mechanism, user string) {
	m := a.mechanism()
	switch {
	case m == nil:
		return "", ""
	case a.Kerberos != nil:
		return m.name, a.Kerberos.Username
	case m.tokens == nil:
		return m.name, a.SASL.Username
	}
	return m.name, ""
}

// PlaintextSecret names the mechanism that hands its secret over in plain text,
// "" where none does. SCRAM and Kerberos prove that they know theirs without
// showing it.
func (a *AuthConfig) PlaintextSecret() string {
	if m := a.mechanism(); m != nil && m.sendsSecret {
		return m.name
	}
	return ""
}

// mechanismNames lists them for messages.
func mechanismNames() string {
	names := make([]string, len(mechanisms))
	for i, m := range mechanisms {
		names[i] = m.name
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// secretValue is a secret as it was meant: one that comes from a file often ends in a
// line break.
func secretValue(secret configopaque.String) string { return strings.TrimRight(string(secret), "\r\n") }
