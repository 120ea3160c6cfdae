// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.yaml.in/yaml/v3"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// counts reads a metric of whole numbers, by the values of its attributes.
func counts(t *testing.T, tel *componenttest.Telemetry, name string) map[string]int64 {
	t.Helper()
	m, err := tel.GetMetric("otelcol_" + name)
	require.NoError(t, err)
	out := map[string]int64{}
	add := func(set attribute.Set, value int64) {
		key := ""
		for _, kv := range set.ToSlice() {
			if kv.Key != "receiver" {
				key += "/" + kv.Value.AsString()
			}
		}
		id, _ := set.Value("receiver")
		require.Equal(t, "kafkalag/test", id.AsString(), name)
		out[key] = value
	}
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, p.Value)
		}
	case metricdata.Gauge[int64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, p.Value)
		}
	default:
		t.Fatalf("%s is %T", name, data)
	}
	return out
}

// settingsWith has the receiver tell its own metrics to the reader.
func settingsWith(reader *componenttest.Telemetry) receiver.Settings {
	set := settings(zap.NewNop())
	set.ID = component.NewIDWithName(metadata.Type, "test")
	set.TelemetrySettings = reader.NewTelemetrySettings()
	return set
}

func TestTelemetryOfTraffic(t *testing.T) {
	reader := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, reader.Shutdown(context.Background())) })
	tel, err := newTelemetry(settingsWith(reader))
	require.NoError(t, err)
	scrapes, search := tel.traffic(forScrapes), tel.traffic(forSearch)
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

	assert.Equal(t, map[string]int64{"/Metadata/scrape": 1, "/ListOffsets/scrape": 2, "/ListOffsets/search": 1}, counts(t, reader, "kafkalag_requests"))
	assert.Equal(t, map[string]int64{"/ListOffsets/NOT_LEADER_OR_FOLLOWER/scrape": 1, "/ListOffsets/NO_ANSWER/search": 1},
		counts(t, reader, "kafkalag_request_errors"))
	assert.Equal(t, map[string]int64{"": 2}, counts(t, reader, "kafkalag_connections_opened"))
	assert.Equal(t, map[string]int64{"": 1}, counts(t, reader, "kafkalag_connections"))
	assert.Equal(t, map[string]int64{"/sent": 10, "/received": 300}, counts(t, reader, "kafkalag_io"))
	m, err := reader.GetMetric("otelcol_kafkalag_request_duration")
	require.NoError(t, err)
	total := 0.0
	for _, p := range m.Data.(metricdata.Histogram[float64]).DataPoints {
		total += p.Sum
	}
	assert.InDelta(t, 4.02, total, 1e-9, "seconds")
}

func TestTelemetryOfTimeLag(t *testing.T) {
	reader := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, reader.Shutdown(context.Background())) })
	tel, err := newTelemetry(settingsWith(reader))
	require.NoError(t, err)
	tel.Undated(t.Context(), 9)
	tel.Undated(t.Context(), 4)
	tel.Round(t.Context(), 300)
	tel.Round(t.Context(), 12)
	assert.Equal(t, map[string]int64{"": 4}, counts(t, reader, "kafkalag_time_lag_undated"))
	assert.Equal(t, map[string]int64{"": 2}, counts(t, reader, "kafkalag_time_lag_rounds"))
	assert.Equal(t, map[string]int64{"": 312}, counts(t, reader, "kafkalag_time_lag_lookups"))
}

// metadata.yaml, from which the documentation is made, says which labels each of
// the receiver's own metrics has.
func TestTelemetryHasTheLabelsThatAreDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "metadata.yaml"))
	require.NoError(t, err)
	var documented struct {
		Telemetry struct {
			Metrics map[string]struct{ Attributes []string }
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &documented))

	reader := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, reader.Shutdown(context.Background())) })
	tel, err := newTelemetry(settingsWith(reader))
	require.NoError(t, err)
	scrapes := tel.traffic(forScrapes)
	scrapes.Request("Metadata", time.Second)
	scrapes.Failed("Metadata", cluster.CodeNoAnswer)
	scrapes.Connections(1)
	scrapes.Transferred(1, 1)
	tel.scraped(t.Context(), oneBroker(), &lag.Report{}, nil)
	tel.Undated(t.Context(), 1)
	tel.Round(t.Context(), 1)
	tel.leftOut(t.Context(), 1)
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
	case metricdata.Histogram[float64]:
		set = data.DataPoints[0].Attributes
	}
	var keys []string
	for _, kv := range set.ToSlice() {
		keys = append(keys, string(kv.Key))
	}
	return keys
}

func TestTelemetryOfAScrape(t *testing.T) {
	reader := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, reader.Shutdown(context.Background())) })
	set := settingsWith(reader)
	c := answering(func(context.Context) (*cluster.Snapshot, error) {
		s := oneGroup(cluster.Partition{Leader: 1, Start: 0, End: 10}) // committed is 50
		s.Topics["orders"].Partitions = append(s.Topics["orders"].Partitions, cluster.Partition{ID: 1, Leader: 1, End: 4})
		s.Groups["billing"].Commits = append(s.Groups["billing"].Commits,
			cluster.TopicCommits{Topic: "gone", Partitions: []cluster.Commit{{Offset: 1}}})
		s.Groups["denied"] = &cluster.Group{Name: "denied"}
		s.UndecidedGroups = 2
		s.FilteredGroups, s.FilteredTopics, s.FilteredPartitions, s.ClaimedTwice = 5, 6, 9, 7
		s.Failures = []cluster.Failure{
			{API: "OffsetFetch", Groups: 1, Err: errors.New("denied")},
			{API: "DescribeGroups", Groups: 1, Err: errors.New("denied")}, // the same one
			{API: "ListOffsets", Partitions: 3, Err: errors.New("moved")},
		}
		return s, nil
	})
	s := newTestScraper(set, newConfig(), c)
	_, err := s.scrape(t.Context())
	require.Error(t, err)
	assert.Equal(t, map[string]int64{"/seen": 2, "/filtered": 5, "/failed": 3}, counts(t, reader, "kafkalag_groups"))
	assert.Equal(t, map[string]int64{"/seen": 1, "/filtered": 6}, counts(t, reader, "kafkalag_topics"))
	assert.Equal(t, map[string]int64{"/seen": 2, "/filtered": 9, "/failed": 3}, counts(t, reader, "kafkalag_partitions"))
	assert.Equal(t, map[string]int64{
		"/committed_beyond_end": 1, "/commit_for_deleted_topic": 1, "/group_claimed_twice": 7, "/partition_without_commit": 1,
		"/name_not_utf8": 0, "/sum_too_large": 0,
	}, counts(t, reader, "kafkalag_anomalies"))

	c.change(func(context.Context) (*cluster.Snapshot, error) { return nil, errors.New("refused") })
	_, err = s.scrape(t.Context())
	require.Error(t, err)
	assert.Equal(t, map[string]int64{"/seen": 0, "/filtered": 0, "/failed": 0}, counts(t, reader, "kafkalag_groups"),
		"a scrape that learned nothing has seen nothing")
}
