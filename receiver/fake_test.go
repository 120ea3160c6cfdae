// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// fakeClient answers with a function. It is asked by one goroutine at a time.
type fakeClient struct {
	answer func(ctx context.Context) (*cluster.Snapshot, error)
	asked  int
	closed bool
}

func (c *fakeClient) Snapshot(ctx context.Context, _ kafka.Questions) (*cluster.Snapshot, error) {
	c.asked++
	return c.answer(ctx)
}

func (c *fakeClient) Close() { c.closed = true }

// oneBroker is the smallest snapshot that makes a metric.
func oneBroker() *cluster.Snapshot {
	return &cluster.Snapshot{Brokers: map[int32]cluster.Broker{1: {ID: 1, Address: "b1:9092"}}}
}

// fakeHost keeps the statuses that are reported to it.
type fakeHost struct {
	component.Host
	events []*componentstatus.Event
}

func (h *fakeHost) Report(event *componentstatus.Event) { h.events = append(h.events, event) }

func (*fakeHost) GetExtensions() map[component.ID]component.Component { return nil }

func settings(log *zap.Logger) receiver.Settings {
	set := receivertest.NewNopSettings(metadata.Type)
	set.Logger = log
	return set
}

func newConfig() *Config { return createDefaultConfig().(*Config) }

// start runs a receiver with a client that stands in for the cluster.
func start(t *testing.T, cfg *Config, c client, log *zap.Logger) (receiver.Metrics, *consumertest.MetricsSink, *fakeHost) {
	t.Helper()
	sink, host := &consumertest.MetricsSink{}, &fakeHost{}
	set := settings(log)
	metrics, err := newMetrics(set, cfg, newScraper(set, cfg, c), sink)
	require.NoError(t, err)
	require.NoError(t, metrics.Start(context.Background(), host))
	return metrics, sink, host
}
