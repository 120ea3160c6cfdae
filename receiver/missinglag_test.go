// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// afterwards is the section about what other components lose: internal/test/e2e has
// the built collector lose it.
const afterwards = "Nothing of what was scraped arrives"

// noSign is the page's word for a place where there is nothing to see.
const noSign = "–"

// docs/missing-lag.md is true: each of its causes is made to happen, and then
// what it says is missing is, the log has a line with all that it quotes, and
// its metric is above zero. Where it says that there is no line, there is none.
func TestMissingLagPage(t *testing.T) {
	written := map[string]docs.Row{}
	for _, row := range docs.Read(t, "docs/missing-lag.md").Rows() {
		if _, provable := row.Cells["in the log"]; provable && row.Section != afterwards {
			id := docs.IDIn(row.Cells["why"])
			require.NotEmpty(t, id, row)
			require.NotContains(t, written, id)
			written[id] = row
		}
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(scenes)), slices.Collect(maps.Keys(written)))
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := seeded(t)
			if !scene.never {
				sound := fakeConfig(fake)
				if scene.enable != nil {
					scene.enable(sound)
				}
				require.True(t, scene.missing.in(scrapeOnce(t, sound)), "what is to be missing is there at first")
			}
			cfg := fakeConfig(fake)
			cfg.CollectionInterval = 100 * time.Millisecond
			if scene.enable != nil {
				scene.enable(cfg)
			}
			if scene.arrange != nil {
				scene.arrange(t, fake, cfg)
			}
			seen := observe(t, cfg)
			if scene.later != nil {
				require.EventuallyWithT(t, func(now *assert.CollectT) {
					assert.True(now, scene.missing.in(seen.last()), "the scrape is whole before something breaks")
				}, 20*time.Second, 10*time.Millisecond)
				scene.later(t, fake)
			}
			row := written[name]
			require.EventuallyWithT(t, func(now *assert.CollectT) {
				assert.False(now, scene.missing.in(seen.last()), "still there")
				for _, point := range scene.remains {
					assert.True(now, point.in(seen.last()), "%v remains", point)
				}
				seen.assertLogged(now, row.Cells["in the log"])
				for _, metric := range docs.InCode(row.Cells["own metric"]) {
					seen.assertAboveZero(now, metric)
				}
				if strings.Contains(row.Cells["in the log"], "error_code") && scene.missing != anything {
					seen.assertAboveZero(now, "otelcol_scraper_errored_metric_points")
				}
			}, 20*time.Second, 10*time.Millisecond)
		})
	}
}

// point names data points: those of the metric whose attributes begin so.
type point struct{ metric, attributes string }

func (p point) in(metrics pmetric.Metrics) bool {
	for attributes := range metrictest.Points(metrics)[p.metric] {
		if strings.HasPrefix(attributes, p.attributes) {
			return true
		}
	}
	return false
}

// observed is everything that a running receiver reports.
type observed struct {
	logs *observer.ObservedLogs
	own  *componenttest.Telemetry

	mu      sync.Mutex
	metrics pmetric.Metrics // of the last scrape
}

// observe runs a receiver until the test ends, and returns after its first
// scrape.
func observe(t *testing.T, cfg *Config) *observed {
	t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	o := &observed{logs: logs, own: componenttest.NewTelemetry()}
	set := metrictest.Settings(o.own)
	set.Logger = zap.New(core)
	scraped := make(chan struct{}, 1)
	next, err := consumer.NewMetrics(func(_ context.Context, m pmetric.Metrics) error {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.metrics = m
		select {
		case scraped <- struct{}{}:
		default:
		}
		return nil
	})
	require.NoError(t, err)
	metrics, err := NewFactory().CreateMetrics(t.Context(), set, cfg, next)
	require.NoError(t, err)
	require.NoError(t, metrics.Start(t.Context(), &fakeHost{}))
	t.Cleanup(func() {
		require.NoError(t, metrics.Shutdown(context.Background()))
		require.NoError(t, o.own.Shutdown(context.Background()))
	})
	select {
	case <-scraped:
	case <-time.After(20 * time.Second):
		require.Fail(t, "no scrape")
	}
	return o
}

func (o *observed) last() pmetric.Metrics {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.metrics
}

// assertLogged checks that one line has all that the cell quotes, or that there
// is nothing to read.
func (o *observed) assertLogged(t assert.TestingT, cell string) {
	quotes, lines := docs.InCode(cell), []string{}
	for _, entry := range o.logs.All() {
		line := entry.Message
		for key, value := range entry.ContextMap() {
			line += fmt.Sprintf("\n%s: %v", key, value)
		}
		missing := slices.IndexFunc(quotes, func(quote string) bool { return !strings.Contains(line, quote) })
		if len(quotes) > 0 && missing < 0 {
			return
		}
		if entry.Level > zapcore.DebugLevel {
			lines = append(lines, line)
		}
	}
	if cell == noSign {
		assert.Empty(t, lines)
		return
	}
	assert.Fail(t, "no such line", "%s\nin\n%s", cell, strings.Join(lines, "\n"))
}

var selector = regexp.MustCompile(`^([\w.]+)(?:\{(.*)\})?$`)

// assertAboveZero checks a metric as Prometheus writes it, of the receiver's own
// or of the last scrape.
func (o *observed) assertAboveZero(t assert.TestingT, written string) {
	parts := selector.FindStringSubmatch(written)
	if !assert.NotNil(t, parts, written) {
		return
	}
	if strings.HasPrefix(parts[1], "kafka.") {
		assert.Contains(t, slices.Collect(maps.Values(metrictest.Points(o.last())[parts[1]])), int64(1), written)
		return
	}
	m, err := o.own.GetMetric(parts[1])
	if err != nil {
		assert.Fail(t, err.Error())
		return
	}
	var found []metricdata.DataPoint[int64]
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		found = data.DataPoints
	case metricdata.Gauge[int64]:
		found = data.DataPoints
	}
	assert.True(t, slices.ContainsFunc(found, func(p metricdata.DataPoint[int64]) bool {
		return p.Value > 0 && selects(parts[2], p.Attributes)
	}), "%s is not above zero: %v", written, found)
}

func selects(labels string, of attribute.Set) bool {
	if labels == "" {
		return true
	}
	for label := range strings.SplitSeq(labels, ",") {
		key, value, _ := strings.Cut(label, "=")
		if got, _ := of.Value(attribute.Key(key)); got.AsString() != strings.Trim(value, `"`) {
			return false
		}
	}
	return true
}
