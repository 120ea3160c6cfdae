// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// Who comes from kafkametricsreceiver finds every metric of it under the same
// name, of the same kind and with the same attributes. Units differ on purpose:
// "1" would become part of the name on a Prometheus endpoint.
func TestMetricsOfKafkametricsReceiver(t *testing.T) {
	cfg := newConfig()
	metrictest.EnableAll(&cfg.Metrics)
	snapshot, report := sample()
	recorded, _ := newRecorder(cfg).Record(at, snapshot, report)
	ours := map[string]pmetric.Metric{}
	for _, metric := range recorded.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
		ours[metric.Name()] = metric
	}
	text, err := os.ReadFile("testdata/kafkametrics-metrics.tsv")
	require.NoError(t, err)
	theirs := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		require.Len(t, columns, 6, line)
		name, unit, kind, value, on, attributes := columns[0], columns[1], columns[2], columns[3], columns[4], columns[5]
		theirs++
		t.Run(name, func(t *testing.T) {
			require.Contains(t, ours, name)
			metric := ours[name]
			points := metric.Gauge().DataPoints
			if kind == "sum" {
				points = metric.Sum().DataPoints
				assert.False(t, metric.Sum().IsMonotonic())
				assert.Equal(t, pmetric.AggregationTemporalityCumulative, metric.Sum().AggregationTemporality())
			}
			assert.Equal(t, kind, strings.ToLower(metric.Type().String()))
			point := points().At(0)
			assert.Equal(t, value, strings.ToLower(point.ValueType().String()))
			assert.ElementsMatch(t, strings.FieldsFunc(attributes, func(r rune) bool { return r == ',' }),
				slices.Collect(maps.Keys(point.Attributes().AsRaw())))
			if unit == "1" {
				assert.NotEqual(t, unit, metric.Unit())
			} else {
				assert.Equal(t, unit, metric.Unit())
			}
			if on == "true" {
				assert.Contains(t, metrictest.Enabled(metadata.DefaultMetricsConfig()), name, "on by default there")
			}
		})
	}
	assert.Equal(t, 16, theirs)
}
