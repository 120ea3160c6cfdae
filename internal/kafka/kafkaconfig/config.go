// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package kafkaconfig has the keys that say how to reach and log in to a
// cluster, and what is wrong with them.
package kafkaconfig

import (
	"strings"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
)

// Config is how to reach and log in to a cluster. The keys are those of the
// Kafka components of opentelemetry-collector-contrib.
type Config struct {
	// Brokers are the seed brokers, host:port each.
	Brokers []string `mapstructure:"brokers"`
	// ProtocolVersion is an upper bound for the protocol, such as "2.8.0".
	// Empty: the newest that each broker and this client share.
	ProtocolVersion string `mapstructure:"protocol_version"`
	// ClientID names this client in the brokers' logs and quotas.
	ClientID string `mapstructure:"client_id"`
	// TLS, where set, encrypts every connection. It is loaded anew for each
	// one, so that files may be replaced while the collector runs.
	TLS *tlsconfig.Config `mapstructure:"tls"`
	// Auth is how to log in.
	Auth sasl.AuthConfig `mapstructure:"auth"`
	// DialTimeout bounds connecting, TLS handshake included.
	DialTimeout time.Duration `mapstructure:"dial_timeout"`
	// RequestTimeout bounds each request.
	RequestTimeout time.Duration `mapstructure:"request_timeout"`
	// Metadata is how often to learn the cluster's brokers and topics.
	Metadata MetadataConfig `mapstructure:"metadata"`
}

// MetadataConfig is how often to learn the cluster's brokers and topics.
type MetadataConfig struct {
	// RefreshInterval is how long metadata serves before it is asked for anew.
	// It goes on serving while that fails. 0: every scrape asks.
	RefreshInterval time.Duration `mapstructure:"refresh_interval"`
}

// NewDefault returns what holds where the configuration says nothing.
func NewDefault() Config {
	return Config{
		Brokers:        []string{"localhost:9092"},
		ClientID:       "otel-collector",
		DialTimeout:    3 * time.Second,
		RequestTimeout: 5 * time.Second,
	}
}

// SplitAtCommas splits each element of a list of addresses: an environment variable
// puts a whole list into one ("a:9092,b:9092").
func SplitAtCommas(elements []string) []string {
	var split []string
	for _, element := range elements {
		for part := range strings.SplitSeq(element, ",") {
			split = append(split, strings.TrimSpace(part))
		}
	}
	return split
}
