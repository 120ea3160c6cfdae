// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// limit bounds every wait for a scrape that has to come.
const limit = 2 * time.Minute

// watcher runs a receiver and looks at each of its scrapes.
type watcher struct {
	t     *testing.T
	check func(points) error
	logs  *observer.ObservedLogs
	tel   *componenttest.Telemetry
	holds chan chan struct{} // a hold's end, handed to the scrape that is held
	ended chan struct{}      // closed when the test has seen enough

	mu     sync.Mutex
	last   points
	count  int           // scrapes so far
	next   chan struct{} // closed by the next scrape
	resume chan struct{} // closed to end a hold
}

// watch runs a receiver, which scrapes every 200 ms unless change says
// otherwise, until the test ends. The test fails for every scrape for which
// check returns an error.
func watch(t *testing.T, brokers []string, check func(points) error, change func(*receiver.Config)) *watcher {
	t.Helper()
	factory := kafkalagreceiver.NewFactory()
	cfg := factory.CreateDefaultConfig().(*receiver.Config)
	cfg.Brokers = brokers
	cfg.InitialDelay = 0
	cfg.CollectionInterval = 200 * time.Millisecond
	cfg.Timeout = 20 * time.Second
	cfg.RequestTimeout = time.Second
	// It is found between the scrapes, on connections of its own, some time.
	cfg.Metrics.KafkaConsumerGroupTimeLagMax.Enabled = false
	if change != nil {
		change(cfg)
	}
	interval := cfg.CollectionInterval // shorter than a user may have it: there are many scrapes to see
	cfg.CollectionInterval = max(interval, time.Second)
	require.NoError(t, cfg.Validate())
	cfg.CollectionInterval = interval

	core, logs := observer.New(zapcore.InfoLevel)
	tel := componenttest.NewTelemetry()
	w := &watcher{
		t: t, check: check, logs: logs, tel: tel,
		holds: make(chan chan struct{}), ended: make(chan struct{}), next: make(chan struct{}),
	}
	set := receivertest.NewNopSettings(factory.Type())
	// Not all of its settings: its spans would be kept for ever.
	set.MeterProvider = tel.NewTelemetrySettings().MeterProvider
	set.Logger = zap.New(core)
	sink, err := consumer.NewMetrics(w.consume)
	require.NoError(t, err)
	metrics, err := factory.CreateMetrics(t.Context(), set, cfg, sink)
	require.NoError(t, err)
	require.NoError(t, metrics.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() {
		close(w.ended)
		w.release()
		require.NoError(t, metrics.Shutdown(context.Background()))
		require.NoError(t, tel.Shutdown(context.Background()))
		if t.Failed() {
			for _, line := range logs.All() {
				t.Log(line.Time.Format("15:04:05.000"), line.Level, line.Message, line.ContextMap())
			}
		}
	})
	return w
}

// consume gets each scrape. The next one begins only when it has returned.
func (w *watcher) consume(_ context.Context, m pmetric.Metrics) error {
	select {
	case <-w.ended: // a scrape that the shutdown cuts short is empty
		return nil
	default:
	}
	got := pointsOf(m)
	if err := w.check(got); err != nil {
		w.t.Errorf("%s, scrape of %d brokers: %v", time.Now().Format("15:04:05.000"), got.brokers(), err)
	}
	w.mu.Lock()
	w.last = got
	w.count++
	close(w.next)
	w.next = make(chan struct{})
	w.mu.Unlock()
	select {
	case resume := <-w.holds:
		<-resume
	default:
	}
	return nil
}

func (w *watcher) state() (last points, count int, next <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last, w.count, w.next
}

// scrapes is how many there were.
func (w *watcher) scrapes() int {
	_, count, _ := w.state()
	return count
}

// await returns the first scrape, of those that begin from now on, of which
// holds is true.
func (w *watcher) await(what string, holds func(points) bool) points {
	w.t.Helper()
	timeout := time.After(limit)
	_, asked, next := w.state()
	for {
		select {
		case <-next:
		case <-timeout:
			last, _, _ := w.state()
			w.t.Fatalf("after %v still no scrape: %s; the last one had %d data points", limit, what, len(last))
		}
		var last points
		var count int
		last, count, next = w.state()
		// The first one may have begun before.
		if count > asked+1 && holds(last) {
			return last
		}
	}
}

// hold lets no scrape begin until release. It returns the last one. Scrapes must
// not be on hold already.
func (w *watcher) hold() points {
	w.t.Helper()
	resume := make(chan struct{})
	select {
	case w.holds <- resume:
	case <-time.After(limit):
		w.t.Fatalf("no scrape in %v", limit)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.resume = resume
	return w.last
}

// release ends a hold, if there is one.
func (w *watcher) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.resume != nil {
		close(w.resume)
		w.resume = nil
	}
}

// step lets one scrape begin and returns it. Scrapes are on hold before and
// after.
func (w *watcher) step() points {
	w.t.Helper()
	w.release()
	return w.hold()
}

// anomalies is how many of a kind the last scrape counted.
func (w *watcher) anomalies(kind string) (count int64) {
	w.t.Helper()
	m, err := w.tel.GetMetric("otelcol_kafkalag_anomalies")
	require.NoError(w.t, err)
	for _, p := range m.Data.(metricdata.Gauge[int64]).DataPoints {
		if value, _ := p.Attributes.Value("kind"); value.AsString() == kind {
			count = p.Value
		}
	}
	return count
}

// complaints lists what was logged at level warn or above.
func (w *watcher) complaints() []string {
	var lines []string
	for _, line := range w.logs.All() {
		if line.Level >= zapcore.WarnLevel {
			lines = append(lines, line.Level.String()+": "+line.Message)
		}
	}
	return lines
}
