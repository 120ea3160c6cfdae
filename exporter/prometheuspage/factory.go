// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/kafkalag/kafkalagreceiver/exporter/prometheuspage/internal/metadata"
)

// NewFactory returns the factory of the prometheus_page exporter.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(
		metadata.Type,
		createDefaultConfig,
		exporter.WithMetrics(createMetrics, metadata.MetricsStability),
	)
}

func createMetrics(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
	c := cfg.(*Config)
	if !c.ResourceToTelemetry.empty() {
		set.Logger.Warn("resource_to_telemetry_conversion is an older name: use resource_constant_labels")
	}
	if !c.AddMetricSuffixes {
		set.Logger.Warn("add_metric_suffixes does nothing any more: use translation_strategy")
	}
	e, err := newExporter(set, c)
	if err != nil {
		return nil, err
	}
	return exporterhelper.NewMetrics(ctx, set, cfg, e.consume,
		exporterhelper.WithStart(e.start),
		exporterhelper.WithShutdown(e.shutdown),
		exporterhelper.WithQueue(c.QueueBatchConfig),
		// Rendering is done with the message when it returns: no time-out of its own.
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{}),
	)
}
