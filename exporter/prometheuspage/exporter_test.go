// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/kafkalag/kafkalagreceiver/exporter/prometheuspage/internal/metadata"
)

// newTestExporter returns an exporter that is not started, with a handler for it.
func newTestExporter(t testing.TB, change func(*Config)) (*pageExporter, *handler) {
	t.Helper()
	c := createDefaultConfig().(*Config)
	c.ExactExpiry, c.WithoutScopeInfo = true, true
	if change != nil {
		change(c)
	}
	e, err := newExporter(exportertest.NewNopSettings(metadata.Type), c)
	require.NoError(t, err)
	return e, e.newHandler()
}

// pull asks for a path and returns the answer and its text.
func pull(t testing.TB, h http.Handler, path string, header ...string) (*http.Response, string) {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, request)
	response := recorder.Result()
	var body io.Reader = response.Body
	if response.Header.Get("Content-Encoding") == "gzip" {
		unpack, err := gzip.NewReader(body)
		require.NoError(t, err)
		unpack.Multistream(false) // curl takes one member
		body = unpack
	}
	page, err := io.ReadAll(body)
	require.NoError(t, err)
	return response, string(page)
}

// page pulls the page as text 0.0.4.
func page004(t testing.TB, h http.Handler) string {
	t.Helper()
	_, body := pull(t, h, "/metrics")
	return body
}

// gauges is a message of one origin: each metric has a gauge of the name with
// one point, whose label is a value's name.
func gauges(at pcommon.Timestamp, name string, points map[string]int64) pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName(name)
	m.SetDescription("About " + name + ".")
	all := m.SetEmptyGauge().DataPoints()
	for label, value := range points {
		p := all.AppendEmpty()
		p.SetTimestamp(at)
		p.SetIntValue(value)
		p.Attributes().PutStr("group", label)
	}
	return md
}

func TestPageOfOneMetric(t *testing.T) {
	e, h := newTestExporter(t, nil)
	require.NoError(t, e.consume(context.Background(), gauges(1, "kafka.lag", map[string]int64{"a": 12})))
	want := "# HELP kafka_lag About kafka.lag.\n# TYPE kafka_lag gauge\nkafka_lag{group=\"a\"} 12\n"
	assert.Equal(t, want, page004(t, h))
	response, packed := pull(t, h, "/metrics", "Accept-Encoding", "gzip")
	assert.Equal(t, want, packed)
	assert.Equal(t, "gzip", response.Header.Get("Content-Encoding"))
}

// Large metrics are kept compressed, and the page is one member of gzip all the
// same, with its length and checksum right.
func TestPageOfManySeriesIsOneMember(t *testing.T) {
	e, h := newTestExporter(t, nil)
	require.NoError(t, e.consume(context.Background(), lagPoints(5000, 1)))
	plain := page004(t, h)
	assert.Equal(t, 15_000, strings.Count(plain, "\nkafka_consumer_group"))
	_, packed := pull(t, h, "/metrics", "Accept-Encoding", "gzip")
	assert.Equal(t, plain, packed)
}
