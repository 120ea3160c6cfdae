// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaconfig

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func validConfig() Config {
	return Config{Brokers: []string{"kafka:9092"}, ClientID: "lag", DialTimeout: time.Second, RequestTimeout: time.Second}
}

func TestValidationErrors(t *testing.T) {
	const wrongBroker = `: must be host:port, with a port from 1 to 65535`
	for name, tt := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"none":              {func(*Config) {}, ""},
		"brokers empty":     {func(c *Config) { c.Brokers = nil }, `"brokers" is empty: must name one broker at least, as host:port`},
		"broker empty":      {func(c *Config) { c.Brokers = []string{""} }, `"brokers" has ""` + wrongBroker},
		"broker bare":       {func(c *Config) { c.Brokers = []string{"kafka"} }, `"brokers" has "kafka"` + wrongBroker},
		"broker no host":    {func(c *Config) { c.Brokers = []string{":9092"} }, `"brokers" has ":9092"` + wrongBroker},
		"broker no port":    {func(c *Config) { c.Brokers = []string{"kafka:"} }, `"brokers" has "kafka:"` + wrongBroker},
		"broker port 0":     {func(c *Config) { c.Brokers = []string{"kafka:0"} }, `"brokers" has "kafka:0"` + wrongBroker},
		"broker port 65536": {func(c *Config) { c.Brokers = []string{"kafka:65536"} }, `"brokers" has "kafka:65536"` + wrongBroker},
		"broker port named": {func(c *Config) { c.Brokers = []string{"kafka:http"} }, `"brokers" has "kafka:http"` + wrongBroker},
		"broker a URL":      {func(c *Config) { c.Brokers = []string{"tcp://kafka:9092"} }, `"brokers" has "tcp://kafka:9092"` + wrongBroker},
		"broker IPv6":       {func(c *Config) { c.Brokers = []string{"[::1]:9092"} }, ""},
		"protocol":          {func(c *Config) { c.ProtocolVersion = "2.8.0" }, ""},
		"protocol 0.10.2.0": {func(c *Config) { c.ProtocolVersion = "0.10.2.0" }, ""},
		"protocol too old":  {func(c *Config) { c.ProtocolVersion = "0.10.1.0" }, `"protocol_version" is "0.10.1.0": must be a Kafka version such as "2.8.0", from "0.10.2.0", or empty`},
		"protocol not one":  {func(c *Config) { c.ProtocolVersion = "latest" }, `"protocol_version" is "latest": must be a Kafka version such as "2.8.0", from "0.10.2.0", or empty`},
		"client":            {func(c *Config) { c.ClientID = "lag, of eu" }, ""},
		"client before 1.0": {func(c *Config) { c.ProtocolVersion, c.ClientID = "0.11.0.0", "lag, of eu" }, `"client_id" is "lag, of eu": must consist of letters, digits, ".", "_" and "-" with a "protocol_version" before "1.0.0"`},
		"dial_timeout":      {func(c *Config) { c.DialTimeout = 0 }, `"dial_timeout" is 0s: must be at least 100ms`},
		"request_timeout":   {func(c *Config) { c.RequestTimeout = -1 }, `"request_timeout" is -1ns: must be at least 100ms`},
		"refresh_interval":  {func(c *Config) { c.Metadata.RefreshInterval = 300 }, `"metadata.refresh_interval" is 300ns: must be 0s, or at least 1s`},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := validConfig()
			tt.change(&cfg)
			err := errors.Join(cfg.ValidationErrors()...)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.want)
		})
	}
}
