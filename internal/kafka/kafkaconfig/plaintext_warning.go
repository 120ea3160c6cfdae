// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaconfig

import (
	"go.uber.org/zap"
)

// Warn logs what the configuration has that works and should not be there.
func (c Config) Warn(log *zap.Logger) {
	c, deprecated := c.Current()
	if len(deprecated) > 0 {
		log.Warn("The configuration has deprecated keys", zap.Strings("keys", deprecated))
	}
	warnReadable(log, &c)
}

// warnReadable warns of a login that sends its secret in plain text. That is
// allowed, because a network may be trusted, but rarely intended.
func warnReadable(log *zap.Logger, cfg *Config) {
	if cfg.TLS != nil && !cfg.TLS.IsOff() {
		return
	}
	if mechanism := cfg.Auth.PlaintextSecret(); mechanism != "" {
		log.Warn("The login is sent in plain text: whoever listens on the network can read its secret",
			zap.String("mechanism", mechanism), zap.String("remedy", `set "tls", with "tls.insecure" false`))
	}
}
