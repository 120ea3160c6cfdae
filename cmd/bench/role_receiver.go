// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver"
)

// receiverRole is the receiver as a process, without exporters: it scrapes as
// configured, and a round is measured by the collector's own span around a scrape.
// A line of input asks it for the digest of the next scrape's points, and it ends with
// its input.
type receiverRole struct {
	Config  map[string]any
	Profile string // a file for a CPU profile; empty: none
}

// start plays the role in a process of its own.
func (r receiverRole) start() (*child, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return startChild(roleReceiver, string(text))
}

// run plays it in this one.
func (r receiverRole) run() error {
	if r.Profile != "" {
		file, err := os.Create(r.Profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	return runReceiver(r.Config)
}

func runReceiver(config map[string]any) error {
	reader := metric.NewManualReader()
	counted := &countingConsumer{}
	spans := trace.NewTracerProvider(trace.WithSpanProcessor(&scrapeSpans{reader: reader, counted: counted}))
	factory := kafkalagreceiver.NewFactory()
	cfg := factory.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(config).Unmarshal(cfg); err != nil {
		return err
	}
	set := receiver.Settings{
		ID: component.NewID(factory.Type()),
		TelemetrySettings: component.TelemetrySettings{
			Logger:         zap.NewNop(),
			TracerProvider: spans,
			MeterProvider:  metric.NewMeterProvider(metric.WithReader(reader)),
		},
	}
	ctx := context.Background()
	r, err := factory.CreateMetrics(ctx, set, cfg, counted)
	if err != nil {
		return err
	}
	if err := r.Start(ctx, componenttest.NewNopHost()); err != nil {
		return err
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); { // until it is closed
		counted.wanted.Store(true)
	}
	return r.Shutdown(ctx)
}

// countingConsumer counts data points, and sums up once what they are when it is asked to.
type countingConsumer struct {
	points int
	wanted atomic.Bool
	digest uint64
}

func (*countingConsumer) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// ConsumeMetrics drops them.
func (c *countingConsumer) ConsumeMetrics(_ context.Context, m pmetric.Metrics) error {
	c.points += m.DataPointCount()
	if c.wanted.Swap(false) {
		c.digest = digest(m)
	}
	return nil
}

// scrapeSpans reports each scrape that is over. The points of a scrape are
// delivered after it, and so counted with the next.
type scrapeSpans struct {
	reader  *metric.ManualReader
	counted *countingConsumer
}

func (*scrapeSpans) OnStart(context.Context, trace.ReadWriteSpan) {}
func (*scrapeSpans) Shutdown(context.Context) error               { return nil }
func (*scrapeSpans) ForceFlush(context.Context) error             { return nil }

// OnEnd is called on the goroutine that scrapes and delivers.
func (s *scrapeSpans) OnEnd(span trace.ReadOnlySpan) {
	if isScrape(span.Name()) {
		_ = report(sample{Began: span.StartTime(), Wall: span.EndTime().Sub(span.StartTime()), Totals: s.totals()}) // the parent sees what is missing
	}
}

func (s *scrapeSpans) totals() Totals {
	t := own()
	t.Points, t.Digest = s.counted.points, s.counted.digest
	var all metricdata.ResourceMetrics
	if err := s.reader.Collect(context.Background(), &all); err != nil {
		return t
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			sum, ok := m.Data.(metricdata.Sum[int64])
			if !ok {
				continue
			}
			for _, point := range sum.DataPoints {
				t.add(m.Name, point.Value, func(label string) string {
					value, _ := point.Attributes.Value(attribute.Key(label))
					return value.AsString()
				})
			}
		}
	}
	return t
}

// add takes a counter of the receiver's own metrics.
func (t *Totals) add(name string, value int64, label func(name string) string) {
	switch {
	case name == "otelcol_kafkalag_requests" && label("purpose") == "search":
		t.Searches += value
	case name == "otelcol_kafkalag_requests":
		t.Requests += value
	case name == "otelcol_kafkalag_time_lag_lookups":
		t.Lookups += value
	case name == "otelcol_kafkalag_io" && label("direction") == "sent":
		t.Sent += value
	case name == "otelcol_kafkalag_io":
		t.Received += value
	case name == "otelcol_receiver_accepted_metric_points" || name == "otelcol_receiver_refused_metric_points":
		t.Scraped += int(value)
	}
}

// receiverConfig is the receiver's configuration for both ways that it is run
// in.
func (o options) receiverConfig(brokers []string, every time.Duration) map[string]any {
	enabled := map[string]any{}
	for _, name := range o.switchedOff() {
		enabled[name] = map[string]any{"enabled": false}
	}
	config := map[string]any{
		"metrics":             enabled,
		"brokers":             brokers,
		"collection_interval": every.String(),
		"initial_delay":       "10ms",
		"timeout":             "5m",
		"request_timeout":     "1m",
	}
	if o.budget > 0 {
		config["time_lag"] = map[string]any{"search_budget": o.budget}
	}
	return config
}

func (o options) switchedOff() []string {
	return strings.FieldsFunc(o.off, func(r rune) bool { return r == ',' })
}

// searches reports whether there is a search for time lag.
func (o options) searches() bool {
	return !slices.Contains(o.switchedOff(), "kafka.consumer_group.time_lag_max")
}
