// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package selfmetrics

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/receiver"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// Discarded returns the settings of a receiver that runs without a collector: its own
// metrics, traces and log go nowhere.
func Discarded() receiver.Settings {
	return receiver.Settings{
		ID: component.NewID(metadata.Type),
		TelemetrySettings: component.TelemetrySettings{
			Logger:         zap.NewNop(),
			MeterProvider:  metricnoop.NewMeterProvider(),
			TracerProvider: tracenoop.NewTracerProvider(),
		},
		BuildInfo: component.NewDefaultBuildInfo(),
	}
}
