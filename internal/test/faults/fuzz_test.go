// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver"
	"github.com/kafkalag/kafkalagreceiver/exporter/prometheuspage"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// fuzzed is the requests of a scrape.
var fuzzed = []kmsg.Key{
	kmsg.ApiVersions, kmsg.Metadata, kmsg.DescribeCluster, kmsg.ListGroups, kmsg.OffsetFetch, kmsg.ListOffsets,
	kmsg.DescribeGroups, kmsg.DescribeConfigs, kmsg.DescribeLogDirs,
}

// Whatever a broker answers to one of the requests, the scrape ends, the page is
// one, and the log does not repeat itself.
func FuzzAnswersToPage(f *testing.F) {
	empty := bytes.Repeat([]byte{0}, 2000)
	for api := range fuzzed {
		f.Add(uint8(api), []byte{})
		f.Add(uint8(api), empty)
		// An array of more elements than anything has; throttled, with names that are not UTF-8.
		f.Add(uint8(api), append([]byte{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 7}, empty...))
		f.Add(uint8(api), []byte{0x7f, 0xff, 0xff, 0xff, 2, 2, 0xc3, 2, 0xff})
	}
	fake := kafkatest.StartFake(f, 1)
	seed(f, fake.Seed, layout{prefix: "fuzz", topics: 2, partitions: 2, replicas: 1})
	page := startPage(f)
	f.Fuzz(func(t *testing.T, api uint8, body []byte) {
		fake.AnswerBytes(fuzzed[int(api)%len(fuzzed)], body)
		defer fake.Honest()
		before := totalAllocated()
		lines := scrapeToPage(t, fake.Brokers(), page)
		assert.Less(t, totalAllocated()-before, uint64(64<<20+16*len(body)))
		requireQuietLog(t, lines)
		requirePage(t, page.url)
	})
}

// pageServer is the exporter, and where it serves.
type pageServer struct {
	exporter.Metrics

	url string
}

func startPage(t testing.TB) pageServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	factory := prometheuspage.NewFactory()
	cfg := factory.CreateDefaultConfig().(*prometheuspage.Config)
	cfg.ServerConfig.NetAddr.Endpoint = address
	metrics, err := factory.CreateMetrics(t.Context(), exportertest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, metrics.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, metrics.Shutdown(context.Background())) })
	return pageServer{metrics, "http://" + address + "/metrics"}
}

// scrapeToPage has a receiver scrape once, and returns what it logged.
func scrapeToPage(t *testing.T, brokers []string, page pageServer) *observer.ObservedLogs {
	t.Helper()
	over := make(chan struct{}, 8)
	core, lines := observer.New(zapcore.InfoLevel)
	set := receivertest.NewNopSettings(kafkalagreceiver.NewFactory().Type())
	set.Logger = zap.New(core, zap.Hooks(func(line zapcore.Entry) error {
		if strings.HasPrefix(line.Message, "Error scraping") {
			over <- struct{}{}
		}
		return nil
	}))
	next, err := consumer.NewMetrics(func(ctx context.Context, md pmetric.Metrics) error {
		defer func() { over <- struct{}{} }()
		return page.ConsumeMetrics(ctx, md)
	})
	require.NoError(t, err)
	cfg := kafkalagreceiver.NewFactory().CreateDefaultConfig().(*receiver.Config)
	cfg.Brokers, cfg.InitialDelay, cfg.CollectionInterval = brokers, 0, time.Hour
	cfg.Timeout, cfg.RequestTimeout, cfg.DialTimeout = 2*time.Second, time.Second, time.Second
	cfg.Metrics.KafkaTopicLogRetentionPeriod.Enabled = true
	cfg.Metrics.KafkaPartitionSize.Enabled = true
	metrics, err := kafkalagreceiver.NewFactory().CreateMetrics(t.Context(), set, cfg, next)
	require.NoError(t, err)
	require.NoError(t, metrics.Start(t.Context(), componenttest.NewNopHost()))
	select {
	case <-over:
	case <-time.After(10 * time.Second):
		assert.Fail(t, "the scrape does not end")
	}
	require.NoError(t, metrics.Shutdown(context.Background()))
	return lines
}

// requireQuietLog requires that no line comes twice, and that none is long.
func requireQuietLog(t *testing.T, lines *observer.ObservedLogs) {
	t.Helper()
	encoder := zapcore.NewJSONEncoder(zapcore.EncoderConfig{MessageKey: "message"})
	seen := map[string]bool{}
	for _, line := range lines.All() {
		text, err := encoder.EncodeEntry(line.Entry, line.Context)
		require.NoError(t, err)
		assert.False(t, seen[text.String()], "twice: %s", text)
		assert.Less(t, text.Len(), 4000)
		seen[text.String()] = true
	}
	assert.Less(t, len(seen), 20)
}

func requirePage(t *testing.T, url string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	parser := expfmt.NewTextParser(model.UTF8Validation)
	_, err = parser.TextToMetricFamilies(answer.Body)
	assert.NoError(t, err)
}

func totalAllocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
