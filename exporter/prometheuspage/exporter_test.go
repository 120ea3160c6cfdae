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

// answer is what came of a pull.
type answer struct {
	status int
	header http.Header
	page   string
}

// pull asks for the page with headers, names and values in turn.
func pull(t testing.TB, h http.Handler, headers ...string) answer {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, request)
	var body io.Reader = recorder.Body
	if recorder.Header().Get("Content-Encoding") == "gzip" {
		unpack, err := gzip.NewReader(body)
		require.NoError(t, err)
		unpack.Multistream(false) // curl takes one member
		body = unpack
	}
	page, err := io.ReadAll(body)
	require.NoError(t, err)
	return answer{recorder.Code, recorder.Header(), string(page)}
}

// page004 pulls the page as text 0.0.4.
func page004(t testing.TB, h http.Handler) string {
	t.Helper()
	return pull(t, h).page
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
	packed := pull(t, h, "Accept-Encoding", "gzip")
	assert.Equal(t, want, packed.page)
	assert.Equal(t, "gzip", packed.header.Get("Content-Encoding"))
}

// Large metrics are kept compressed, and the page is one member of gzip all the
// same, with its length and checksum right.
func TestPageOfManySeriesIsOneMember(t *testing.T) {
	e, h := newTestExporter(t, nil)
	require.NoError(t, e.consume(context.Background(), lagPoints(5000, 1)))
	plain := page004(t, h)
	assert.Equal(t, 15_000, strings.Count(plain, "\nkafka_consumer_group"))
	assert.Equal(t, plain, pull(t, h, "Accept-Encoding", "gzip").page)
}
