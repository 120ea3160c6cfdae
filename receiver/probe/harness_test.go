// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/echo"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
	"github.com/kafkalag/kafkalagreceiver/receiver/probe/internal/metadata"
)

// patience is how long a test waits for what has to come.
const patience = time.Minute

// running is a probe that runs until the test ends.
type running struct {
	*reporter

	logs *observer.ObservedLogs
	// ahead is by how much the probe's clock is, a duration.
	ahead atomic.Int64
}

// run runs a probe that is quick, with whatever else change changes.
func run(t *testing.T, brokers []string, change func(*Config)) *running {
	t.Helper()
	return runOn(t, componenttest.NewNopHost(), brokers, change)
}

func runOn(t *testing.T, host component.Host, brokers []string, change func(*Config)) *running {
	t.Helper()
	r := newRunning(t, brokers, change)
	r.begin(t, host)
	return r
}

// begin starts the probe.
func (r *running) begin(t *testing.T, host component.Host) {
	t.Helper()
	require.NoError(t, r.start(t.Context(), host))
	t.Cleanup(func() { require.NoError(t, r.shutdown(t.Context())) })
}

// newRunning returns a probe that is still to be started.
func newRunning(t *testing.T, brokers []string, change func(*Config)) *running {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	cfg.Brokers = brokers
	cfg.CollectionInterval, cfg.ProbeInterval = time.Second, shortestInterval
	if change != nil {
		change(cfg)
	}
	require.NoError(t, cfg.Validate())
	core, logs := observer.New(zap.InfoLevel)
	set := receivertest.NewNopSettings(metadata.Type)
	set.Logger = zap.New(core)
	client, err := echo.New(cfg.Config, cfg.Topic, set.Logger)
	require.NoError(t, err)
	m, err := newMember(cfg, set.Logger)
	require.NoError(t, err)
	r := &running{reporter: &reporter{newProber(cfg, client, m, set.Logger), newRecorder(set, cfg)}, logs: logs}
	r.prober.now = func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) }
	return r
}

// idOf returns the id that marks the records sent to a broker.
func (r *running) idOf(broker int32) string {
	r.prober.mu.Lock()
	defer r.prober.mu.Unlock()
	return r.prober.lanes[broker].id
}

// metrics returns a report, as far as it is handed on.
func (r *running) metrics(t *testing.T) pmetric.Metrics {
	t.Helper()
	metrics, err := r.report(t.Context())
	require.NoError(t, err)
	kept, _ := r.keep(metrics)
	return kept
}

// points returns a report's numbers.
func (r *running) points(t *testing.T) map[string]map[string]int64 {
	t.Helper()
	return metrictest.Points(r.metrics(t))
}

// messages returns how many records to a broker had an outcome.
func (r *running) messages(t *testing.T, broker int32, outcome string) int64 {
	t.Helper()
	return r.points(t)["kafka.probe.messages"][fmt.Sprintf("broker=%d outcome=%s", broker, outcome)]
}

// available returns what the metric says of each broker.
func (r *running) available(t *testing.T) map[string]int64 {
	t.Helper()
	return r.points(t)["kafka.probe.available"]
}

// await waits until something is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	require.Eventually(t, so, patience, 20*time.Millisecond, what)
}

// awaitReceived waits until so many more records to each of the brokers were received.
func (r *running) awaitReceived(t *testing.T, n int64, brokers ...int32) {
	t.Helper()
	for _, broker := range brokers {
		before := r.messages(t, broker, "received")
		await(t, fmt.Sprintf("%d received of broker %d", n, broker), func() bool { return r.messages(t, broker, "received") >= before+n })
	}
}

// lines returns the log's lines with this text, each with its fields.
func (r *running) lines(text string) []map[string]any {
	var found []map[string]any
	for _, entry := range r.logs.FilterMessageSnippet(text).All() {
		found = append(found, entry.ContextMap())
	}
	return found
}

// texts returns the log's lines that have this text, whole.
func (r *running) texts(text string) []string {
	var found []string
	for _, entry := range r.logs.FilterMessageSnippet(text).All() {
		found = append(found, entry.Message)
	}
	return found
}

// histograms returns how many durations each histogram has of all brokers together.
func histograms(metrics pmetric.Metrics) map[string]uint64 {
	counts := map[string]uint64{}
	for _, resource := range metrics.ResourceMetrics().All() {
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				if metric.Type() == pmetric.MetricTypeHistogram {
					for _, point := range metric.Histogram().DataPoints().All() {
						counts[metric.Name()] += point.Count()
					}
				}
			}
		}
	}
	return counts
}
