// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/selfmetrics"
)

// fakeClient answers with a function, which a test may change while it runs.
type fakeClient struct {
	mu     sync.Mutex
	answer answerFunc
	asked  int
	closed bool
}

type answerFunc func(ctx context.Context) (*cluster.Snapshot, error)

func answering(answer answerFunc) *fakeClient { return &fakeClient{answer: answer} }

func (*fakeClient) Start(component.Host) error { return nil }

func (c *fakeClient) Snapshot(ctx context.Context, _ snapshot.Request) (*cluster.Snapshot, error) {
	c.mu.Lock()
	c.asked++
	answer := c.answer
	c.mu.Unlock()
	return answer(ctx)
}

func (c *fakeClient) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
}

func (c *fakeClient) change(answer answerFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer = answer
}

func (c *fakeClient) timesAsked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

func (c *fakeClient) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// whole answers with the smallest snapshot that makes metrics: two data points.
func whole(context.Context) (*cluster.Snapshot, error) { return oneBroker(), nil }

func oneBroker() *cluster.Snapshot {
	return &cluster.Snapshot{Brokers: map[int32]cluster.Broker{1: {ID: 1, Address: "b1:9092"}}}
}

// fakeHost keeps the statuses that are reported to it.
type fakeHost struct {
	mu     sync.Mutex
	events []*componentstatus.Event
}

func (h *fakeHost) Report(event *componentstatus.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, event)
}

func (h *fakeHost) reported() []*componentstatus.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.events)
}

func (*fakeHost) GetExtensions() map[component.ID]component.Component { return nil }

func settings(log *zap.Logger) receiver.Settings {
	set := receivertest.NewNopSettings(metadata.Type)
	set.Logger = log
	return set
}

func newConfig() *Config { return createDefaultConfig().(*Config) }

// newTestScraper is a scraper whose own metrics go where set says.
func newTestScraper(set receiver.Settings, cfg *Config, c client) *lagScraper {
	own, err := selfmetrics.New(set)
	if err != nil {
		panic(err)
	}
	return newScraper(set, cfg, c, nil, nil, own)
}

// start runs a receiver with a client that stands in for the cluster.
func start(t *testing.T, cfg *Config, c client, log *zap.Logger) (receiver.Metrics, *consumertest.MetricsSink, *fakeHost) {
	t.Helper()
	sink, host := &consumertest.MetricsSink{}, &fakeHost{}
	set := settings(log)
	metrics, err := newMetrics(set, cfg, newTestScraper(set, cfg, c), sink)
	require.NoError(t, err)
	require.NoError(t, metrics.Start(context.Background(), host))
	return metrics, sink, host
}
