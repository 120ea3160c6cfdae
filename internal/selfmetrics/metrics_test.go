// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package selfmetrics

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.yaml.in/yaml/v3"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

func TestTraffic(t *testing.T) {
	reader := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, reader.Shutdown(context.Background())) })
	own, err := New(metrictest.Settings(reader))
	require.NoError(t, err)
	scrapes, search := own.Traffic(ForScrapes), own.Traffic(ForSearch)
	scrapes.Request("Metadata", 20*time.Millisecond)
	scrapes.Request("ListOffsets", 2*time.Second)
	scrapes.Request("ListOffsets", time.Second)
	scrapes.Failed("ListOffsets", "NOT_LEADER_OR_FOLLOWER")
	search.Request("ListOffsets", time.Second)
	search.Failed("ListOffsets", cluster.CodeNoAnswer)
	scrapes.Connections(1)
	search.Connections(1)
	scrapes.Connections(-1)
	scrapes.Transferred(10, 0)
	search.Transferred(0, 300)

	assert.Equal(t, map[string]int64{"/Metadata/scrape": 1, "/ListOffsets/scrape": 2, "/ListOffsets/search": 1}, metrictest.Own(t, reader, "kafkalag_requests"))
	assert.Equal(t, map[string]int64{"/ListOffsets/NOT_LEADER_OR_FOLLOWER/scrape": 1, "/ListOffsets/NO_ANSWER/search": 1},
		metrictest.Own(t, reader, "kafkalag_request_errors"))
	assert.Equal(t, map[string]int64{"": 2}, metrictest.Own(t, reader, "kafkalag_connections_opened"))
	assert.Equal(t, map[string]int64{"": 1}, metrictest.Own(t, reader, "kafkalag_connections"))
	assert.Equal(t, map[string]int64{"/sent": 10, "/received": 300}, metrictest.Own(t, reader, "kafkalag_io"))
	m, err := reader.GetMetric("otelcol_kafkalag_request_duration")
	require.NoError(t, err)
	total := 0.0
	for _, p := range m.Data.(metricdata.Histogram[float64]).DataPoints {
		total += p.Sum
	}
	assert.InDelta(t, 4.02, total, 1e-9, "seconds")
}

func TestTimeLag(t *testing.T) {
	reader := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, reader.Shutdown(context.Background())) })
	own, err := New(metrictest.Settings(reader))
	require.NoError(t, err)
	own.Undated(t.Context(), 9)
	own.Undated(t.Context(), 4)
	own.Round(t.Context(), 300)
	own.Round(t.Context(), 12)
	assert.Equal(t, map[string]int64{"": 4}, metrictest.Own(t, reader, "kafkalag_time_lag_undated"))
	assert.Equal(t, map[string]int64{"": 2}, metrictest.Own(t, reader, "kafkalag_time_lag_rounds"))
	assert.Equal(t, map[string]int64{"": 312}, metrictest.Own(t, reader, "kafkalag_time_lag_lookups"))
}

// metadata.yaml, from which the documentation is made, says which labels each of
// the receiver's own metrics has.
func TestLabelsAreDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "metadata.yaml"))
	require.NoError(t, err)
	var documented struct {
		Telemetry struct {
			Metrics map[string]struct{ Attributes []string }
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &documented))

	reader := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, reader.Shutdown(context.Background())) })
	own, err := New(metrictest.Settings(reader))
	require.NoError(t, err)
	scrapes := own.Traffic(ForScrapes)
	scrapes.Request("Metadata", time.Second)
	scrapes.Failed("Metadata", cluster.CodeNoAnswer)
	scrapes.Connections(1)
	scrapes.Transferred(1, 1)
	own.Scraped(t.Context(), &cluster.Snapshot{}, &lag.Report{}, 0)
	own.Undated(t.Context(), 1)
	own.Round(t.Context(), 1)
	own.LeftOut(t.Context(), 1)
	own.Coordinated(t.Context(), coordination.Status{Members: 1}, 1)
	for name, metric := range documented.Telemetry.Metrics {
		assert.ElementsMatch(t, metric.Attributes, labels(t, reader, name), name)
	}
}

// labels are the keys of the attributes of a metric's first data point.
func labels(t *testing.T, reader *componenttest.Telemetry, name string) []string {
	t.Helper()
	m, err := reader.GetMetric("otelcol_" + name)
	require.NoError(t, err)
	var set attribute.Set
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		set = data.DataPoints[0].Attributes
	case metricdata.Gauge[int64]:
		set = data.DataPoints[0].Attributes
	case metricdata.Gauge[float64]:
		set = data.DataPoints[0].Attributes
	case metricdata.Histogram[float64]:
		set = data.DataPoints[0].Attributes
	}
	var keys []string
	for _, kv := range set.ToSlice() {
		keys = append(keys, string(kv.Key))
	}
	return keys
}
