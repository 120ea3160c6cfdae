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
	if mechanism := cfg.PlaintextSecret(); mechanism != "" {
		log.Warn("The login is sent in plain text: whoever listens on the network can read its secret",
			zap.String("mechanism", mechanism), zap.String("remedy", `set "tls", with "tls.insecure" false`))
	}
}

// IsEncrypted reports whether connections are made with TLS.
func (c *Config) IsEncrypted() bool { return c.TLS != nil && !c.TLS.IsOff() }

// PlaintextSecret names the mechanism whose secret everybody on the network can read,
// "" where there is none.
func (c *Config) PlaintextSecret() string {
	if c.IsEncrypted() {
		return ""
	}
	return c.Auth.PlaintextSecret()
}
