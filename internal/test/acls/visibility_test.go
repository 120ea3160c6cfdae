// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package acls

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/metadatatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// seen is what a login gave in some scrapes.
type seen struct {
	// points are the last scrape's, named by metric and attributes.
	points map[string]int64
	// lines are what all the scrapes logged; one of a failure is its API, code
	// and likely cause.
	lines []string
	// errors counts failed requests by API and code, groups the last scrape's
	// by outcome.
	errors, groups map[string]int64
}

// scrapes is how many there are: what is said in each would be there so often.
const scrapes = 3

// patience bounds every wait, tick is the pause between two looks.
const patience, tick = time.Minute, 50 * time.Millisecond

// login is how a user logs in.
func login(user string) *sasl.Config {
	return &sasl.Config{Mechanism: "PLAIN", Username: user, Password: configopaque.String(password(user))}
}

// see runs the receiver with a login. With change, its configuration is another
// than the default.
func see(t *testing.T, cluster *kafkatest.Cluster, sasl *sasl.Config, change ...func(*receiver.Config)) seen {
	t.Helper()
	cfg := receiver.NewFactory().CreateDefaultConfig().(*receiver.Config)
	cfg.Brokers = cluster.Addresses(listener)
	cfg.Auth.SASL = sasl
	cfg.InitialDelay, cfg.CollectionInterval = 0, 100*time.Millisecond
	// They are found between the scrapes, and so at a time of their own.
	cfg.Metrics.KafkaConsumerGroupTimeLagMax.Enabled = false
	cfg.Metrics.KafkaConsumerGroupRetentionMargin.Enabled = false
	for _, change := range change {
		change(cfg)
	}

	core, lines := observer.New(zapcore.InfoLevel)
	telemetry := componenttest.NewTelemetry()
	t.Cleanup(func() { _ = telemetry.Shutdown(context.Background()) })
	set := metadatatest.NewSettings(telemetry)
	set.Logger = zap.New(core)

	scraped := make(chan pmetric.Metrics, scrapes)
	next, err := consumer.NewMetrics(func(_ context.Context, m pmetric.Metrics) error {
		select {
		case scraped <- m:
		default: // enough
		}
		return nil
	})
	require.NoError(t, err)
	metrics, err := receiver.NewFactory().CreateMetrics(t.Context(), set, cfg, next)
	require.NoError(t, err)
	lines.TakeAll() // of the configuration: these logins are in plain text
	require.NoError(t, metrics.Start(t.Context(), componenttest.NewNopHost()))
	var got seen
	for range scrapes {
		select {
		case m := <-scraped:
			got.points = points(m)
		case <-time.After(patience):
			t.Fatal("no scrape")
		}
	}
	got.errors = counted(telemetry, "otelcol_kafkalag_request_errors")
	got.groups = counted(telemetry, "otelcol_kafkalag_groups")
	require.NoError(t, metrics.Shutdown(context.Background()))
	for _, entry := range lines.All() {
		got.lines = append(got.lines, lineOf(entry))
	}
	return got
}

func lineOf(entry observer.LoggedEntry) string {
	fields := entry.ContextMap()
	if fields["api"] == nil {
		return entry.Message
	}
	return fmt.Sprintf("%v %v: %v", fields["api"], fields["error_code"], fields["likely_cause"])
}

// points are those of a scrape, by metric and attributes.
func points(m pmetric.Metrics) map[string]int64 {
	found := map[string]int64{}
	for metric, points := range metrictest.Points(m) {
		for attributes, value := range points {
			found[strings.TrimSpace(metric+" "+attributes)] = value
		}
	}
	return found
}

// counted gives a metric of the receiver's own by the values of its attributes,
// whatever requests were for.
// One that was never recorded has none.
func counted(telemetry *componenttest.Telemetry, name string) map[string]int64 {
	metric, err := telemetry.GetMetric(name)
	if err != nil {
		return map[string]int64{}
	}
	var data []metricdata.DataPoint[int64]
	switch of := metric.Data.(type) {
	case metricdata.Sum[int64]:
		data = of.DataPoints
	case metricdata.Gauge[int64]:
		data = of.DataPoints
	}
	found := map[string]int64{}
	for _, point := range data {
		name := ""
		for _, attribute := range point.Attributes.ToSlice() {
			if attribute.Key != "receiver" && attribute.Key != "purpose" {
				name += " " + attribute.Value.AsString()
			}
		}
		found[name[1:]] += point.Value
	}
	return found
}
