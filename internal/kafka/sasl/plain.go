// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"github.com/IBM/sarama"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

var plain = mechanism{
	name:        sarama.SASLTypePlaintext,
	validate:    passwordErrors,
	configure:   configurePassword,
	sendsSecret: true,
	hints:       kafkaerr.LoginHints{Refused: wrongPassword},
}

// wrongPassword is the likely cause where a broker refuses a user name and password.
const wrongPassword = "wrong user name or password"

func passwordErrors(s *Config) []error {
	return credentialErrors("auth.sasl", s.Mechanism, s.Username, s.Password)
}

func configurePassword(conf *sarama.Config, auth *AuthConfig) {
	sasl := auth.SASL
	conf.Net.SASL.Handshake = sasl.Handshake == nil || *sasl.Handshake
	conf.Net.SASL.User = sasl.Username
	conf.Net.SASL.Password = secretValue(sasl.Password)
}

func credentialErrors(at, mechanism, username string, password configopaque.String) []error {
	var errs []error
	if username == "" {
		errs = append(errs, notEmpty(at+".username", mechanism))
	}
	if secretValue(password) == "" {
		errs = append(errs, notEmpty(at+".password", mechanism))
	}
	return errs
}
