// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"github.com/IBM/sarama"
	"go.uber.org/zap"
)

// warnReadable tells of a login that hands its secret over in plain text. That
// is allowed, because a network may be trusted, but seldom what is meant. SCRAM
// and Kerberos prove that they know theirs without showing it.
func warnReadable(log *zap.Logger, cfg *Config) {
	if cfg.TLS != nil && !cfg.TLS.isOff() {
		return
	}
	switch mechanism := cfg.Auth.mechanism(); mechanism {
	case sarama.SASLTypePlaintext, sarama.SASLTypeOAuth, mechanismMSK:
		log.Warn("The login is sent in plain text: whoever listens on the network can read its secret",
			zap.String("mechanism", mechanism), zap.String("remedy", `set "tls", with "tls.insecure" false`))
	}
}
