// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaconfig

import (
	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
)

// Current says what c says in keys that are not deprecated, and which of those it had
// with what to write in their place.
func (c Config) Current() (Config, []string) {
	var deprecated []string
	if plain := c.Auth.PlainText; plain != nil {
		deprecated = append(deprecated, "auth.plain_text: use auth.sasl with mechanism PLAIN")
		c.Auth.SASL = &sasl.Config{Mechanism: sarama.SASLTypePlaintext, Username: plain.Username, Password: plain.Password}
		c.Auth.PlainText = nil
	}
	if c.Auth.TLS != nil {
		deprecated = append(deprecated, "auth.tls: use tls")
		c.TLS = c.Auth.TLS // it stays there too: see tlsKey
	}
	if c.Auth.SASL != nil && c.Auth.SASL.Version != nil {
		deprecated = append(deprecated, "auth.sasl.version: leave it out, the handshake's version follows from protocol_version")
	}
	return c, deprecated
}

// tlsKey names the settings of TLS as they were given.
func (c *Config) tlsKey() string {
	if c.Auth.TLS != nil {
		return "auth.tls"
	}
	return "tls"
}
