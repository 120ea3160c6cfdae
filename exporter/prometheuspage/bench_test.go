// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/kafkalag/kafkalagreceiver/exporter/prometheuspage/internal/metadata"
)

// lagPoints is a message like the receiver's: three metrics of points points for
// group, topic and partition.
func lagPoints(points int, at pcommon.Timestamp) pmetric.Metrics {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	rm.Resource().Attributes().PutStr("kafka.cluster.id", "5L6g3nShT-eMCtK--X86sw")
	sm := rm.ScopeMetrics().AppendEmpty()
	sm.Scope().SetName("github.com/kafkalag/kafkalagreceiver")
	for _, name := range []string{"kafka.consumer_group.lag", "kafka.consumer_group.offset", "kafka.consumer_group.time_lag"} {
		m := sm.Metrics().AppendEmpty()
		m.SetName(name)
		m.SetDescription("What " + name + " says of a consumer group.")
		m.SetUnit("{records}")
		all := m.SetEmptyGauge().DataPoints()
		all.EnsureCapacity(points)
		for i := range points {
			dp := all.AppendEmpty()
			dp.SetTimestamp(at)
			dp.SetIntValue(int64(i*7919) % 1000003)
			dp.Attributes().EnsureCapacity(3)
			dp.Attributes().PutStr("group", fmt.Sprintf("orders-consumer-%d", i/100))
			dp.Attributes().PutStr("topic", fmt.Sprintf("orders.events.%d", i/10%1000))
			dp.Attributes().PutInt("partition", int64(i%10))
		}
	}
	return md
}

func newBenchExporter(tb testing.TB, change func(*Config)) *pageExporter {
	tb.Helper()
	c := createDefaultConfig().(*Config)
	c.ExactExpiry, c.WithoutScopeInfo = true, true
	c.ResourceConstantLabels.Included = []string{"*"}
	if change != nil {
		change(c)
	}
	e, err := newExporter(exportertest.NewNopSettings(metadata.Type), c)
	require.NoError(tb, err)
	return e
}

// BenchmarkConsume renders 300,000 points.
func BenchmarkConsume(b *testing.B) {
	e, md := newBenchExporter(b, nil), lagPoints(100_000, 1)
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, e.consume(context.Background(), md))
		e.store.sources = map[string]*source{}
	}
}

// BenchmarkCompose puts the page of 300,000 points together.
func BenchmarkCompose(b *testing.B) {
	for _, f := range []form{{text, model.UnderscoreEscaping}, {openMetrics, model.NoEscaping}} {
		b.Run(f.format.name(), func(b *testing.B) {
			e := newBenchExporter(b, nil)
			require.NoError(b, e.consume(context.Background(), lagPoints(100_000, 1)))
			b.ReportAllocs()
			for b.Loop() {
				sources, _ := e.store.snapshot()
				e.pages.composer.compose(sources, f)
			}
		})
	}
}

// BenchmarkPull pulls the page of 300,000 points.
func BenchmarkPull(b *testing.B) {
	for _, encoding := range []string{"gzip", "identity"} {
		b.Run(encoding, func(b *testing.B) {
			e := newBenchExporter(b, nil)
			require.NoError(b, e.consume(context.Background(), lagPoints(100_000, 1)))
			h := &handler{path: "/metrics", pages: e.pages, telemetry: e.telemetry, pulls: make(chan struct{}, maxPulls)}
			server := httptest.NewServer(h)
			b.Cleanup(server.Close)
			request, err := http.NewRequest(http.MethodGet, server.URL+"/metrics", nil)
			require.NoError(b, err)
			request.Header.Set("Accept-Encoding", encoding)
			b.ReportAllocs()
			var size int64
			for b.Loop() {
				response, err := server.Client().Do(request)
				require.NoError(b, err)
				size, err = io.Copy(io.Discard, response.Body)
				require.NoError(b, err)
				response.Body.Close()
			}
			b.ReportMetric(float64(size), "wire-bytes")
		})
	}
}
