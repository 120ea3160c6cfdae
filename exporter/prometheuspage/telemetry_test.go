// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/kafkalag/kafkalagreceiver/exporter/prometheuspage/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/exporter/prometheuspage/internal/metadatatest"
)

func TestOwnMetrics(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.Background())) })
	set := exportertest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = tel.NewTelemetrySettings()
	e, err := newExporter(set, createDefaultConfig().(*Config))
	require.NoError(t, err)
	h := e.newHandler()
	e.mustConsume(t, gauges(1, "lag", map[string]int64{"a": 1, "b": 2}))
	page := page004(t, h)
	pull(t, h, "Accept-Encoding", "gzip")
	pull(t, h, "Accept-Encoding", "gzip")

	by := func(more ...attribute.KeyValue) attribute.Set {
		return attribute.NewSet(append(more, attribute.String("exporter", set.ID.String()))...)
	}
	number := func(n int64, more ...attribute.KeyValue) []metricdata.DataPoint[int64] {
		return []metricdata.DataPoint[int64]{{Value: n, Attributes: by(more...)}}
	}
	ignore := metricdatatest.IgnoreTimestamp()
	metadatatest.AssertEqualPrometheusPagePoints(t, tel, number(2), ignore)
	metadatatest.AssertEqualPrometheusPageComposed(t, tel, number(1), ignore)
	metadatatest.AssertEqualPrometheusPageSeries(t, tel, number(2), ignore)
	metadatatest.AssertEqualPrometheusPageRenderingTime(t, tel,
		[]metricdata.DataPoint[float64]{{Attributes: by()}}, ignore, metricdatatest.IgnoreValue())
	pulls := func(packed bool, n int64) metricdata.DataPoint[int64] {
		return metricdata.DataPoint[int64]{Value: n, Attributes: by(encoding(packed),
			attribute.String("escaping", "underscores"), attribute.String("format", "text-0.0.4"), attribute.String("outcome", "sent"))}
	}
	metadatatest.AssertEqualPrometheusPagePulls(t, tel, []metricdata.DataPoint[int64]{pulls(false, 1), pulls(true, 2)}, ignore)
	made := e.pages.forms[formFor(nil, false)].page
	assert.EqualValues(t, len(page), made.size)
	metadatatest.AssertEqualPrometheusPageSize(t, tel, append(number(int64(len(made.packed)), encoding(true)), number(made.size, encoding(false))...), ignore)
	metadatatest.AssertEqualPrometheusPageSent(t, tel, append(number(2*int64(len(made.packed)), encoding(true)), number(made.size, encoding(false))...), ignore)
}
