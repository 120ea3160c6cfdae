// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/kafkalag/kafkalagreceiver/exporter/prometheuspage/internal/metadata"
)

// telemetry keeps the exporter's own metrics. Each names the exporter, so that
// several in one collector do not add up.
type telemetry struct {
	builder  *metadata.TelemetryBuilder
	exporter attribute.KeyValue
}

func newTelemetry(set exporter.Settings) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &telemetry{builder: builder, exporter: attribute.String("exporter", set.ID.String())}, nil
}

// by attributes a measurement.
func (t *telemetry) by(attributes ...attribute.KeyValue) metric.MeasurementOption {
	return metric.WithAttributes(append(attributes, t.exporter)...)
}

// rendered counts the points of a message.
func (t *telemetry) rendered(ctx context.Context, points int, took time.Duration) {
	t.builder.PrometheusPagePoints.Add(ctx, int64(points), t.by())
	t.builder.PrometheusPageRenderingTime.Add(ctx, took.Seconds(), t.by())
}

// composed records the size of a page.
func (t *telemetry) composed(ctx context.Context, p *page, took time.Duration) {
	t.builder.PrometheusPageComposed.Add(ctx, 1, t.by())
	t.builder.PrometheusPageRenderingTime.Add(ctx, took.Seconds(), t.by())
	t.builder.PrometheusPageSeries.Record(ctx, int64(p.series), t.by())
	t.builder.PrometheusPageSize.Record(ctx, int64(len(p.packed)), t.by(encoding(true)))
	t.builder.PrometheusPageSize.Record(ctx, p.size, t.by(encoding(false)))
}

// pulled counts a page sent, the whole of it or a part.
func (t *telemetry) pulled(ctx context.Context, f form, packed bool, sent int64, whole bool) {
	outcome := "sent"
	if !whole {
		outcome = "broken_off"
	}
	t.builder.PrometheusPagePulls.Add(ctx, 1, t.by(
		encoding(packed),
		attribute.String("escaping", f.escaping.String()),
		attribute.String("format", f.format.name()),
		attribute.String("outcome", outcome),
	))
	t.builder.PrometheusPageSent.Add(ctx, sent, t.by(encoding(packed)))
}

func encoding(packed bool) attribute.KeyValue {
	if packed {
		return attribute.String("encoding", "gzip")
	}
	return attribute.String("encoding", "identity")
}

// shutdown ends the metrics.
func (t *telemetry) shutdown() { t.builder.Shutdown() }
