// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Whatever arrives, the page is one that can be read: as text, by Prometheus'
// library, and compressed, with a checksum that holds.
func FuzzPage(f *testing.F) {
	odd := gauges(1, "a\xff.b\n\x00\"", map[string]int64{"\xc3\"\x00\n\\": 1, "": 2})
	m := odd.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().AppendEmpty()
	m.SetName("h")
	m.SetEmptyHistogram().SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := m.Histogram().DataPoints().AppendEmpty()
	p.ExplicitBounds().FromRaw([]float64{2, 1, 1})
	p.BucketCounts().FromRaw([]uint64{1, 2})
	p.Attributes().PutStr("le", "x")
	q := odd.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().AppendEmpty()
	q.SetName("h_sum")
	q.SetEmptySummary().DataPoints().AppendEmpty().QuantileValues().AppendEmpty().SetQuantile(0.5)
	for _, md := range []pmetric.Metrics{odd, lagPoints(40, 1), from("c", gauges(2, "g", map[string]int64{"x": 1}))} {
		message, err := new(pmetric.ProtoMarshaler).MarshalMetrics(md)
		require.NoError(f, err)
		for strategy := range uint8(len(strategies)) {
			f.Add(message, strategy)
		}
	}
	f.Fuzz(func(t *testing.T, message []byte, strategy uint8) {
		md, err := new(pmetric.ProtoUnmarshaler).UnmarshalMetrics(message)
		if err != nil {
			t.Skip("no message")
		}
		e, h := newTestExporter(t, func(c *Config) {
			c.TranslationStrategy = strategies[int(strategy)%len(strategies)]
			c.ExactExpiry = strategy&8 == 0
			c.SendTimestamps = strategy&16 != 0
			c.WithoutScopeInfo = strategy&32 == 0
			c.EnableOpenMetrics = true
			c.ResourceConstantLabels.Included = []string{"*"}
		})
		require.NoError(t, e.consume(t.Context(), md))
		require.NoError(t, e.consume(t.Context(), md))
		for _, accept := range []string{"text/plain", "text/plain;version=1.0.0;escaping=allow-utf-8"} {
			page := pull(t, h, "Accept", accept).page
			parser := expfmt.NewTextParser(model.UTF8Validation)
			_, err := parser.TextToMetricFamilies(strings.NewReader(page))
			require.NoError(t, err, "%q", page)
			require.NotContains(t, page, "\x00")
			require.Equal(t, page, pull(t, h, "Accept", accept, "Accept-Encoding", "gzip").page)
		}
		page := pull(t, h, "Accept", "application/openmetrics-text").page
		require.True(t, strings.HasSuffix(page, "# EOF\n"))
	})
}
