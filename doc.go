// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

//go:generate ./scripts/generate.sh

// Package kafkalagreceiver is an OpenTelemetry Collector receiver that reads a
// Kafka cluster's brokers, partitions and consumer-group lag. It is what a
// collector builder imports; the receiver itself is in package receiver.
package kafkalagreceiver

import (
	otelreceiver "go.opentelemetry.io/collector/receiver"

	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// NewFactory returns the factory of the kafkalag receiver.
func NewFactory() otelreceiver.Factory { return receiver.NewFactory() }
