// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// seeded is a cluster of three brokers with a topic of three partitions and two
// groups; billing is 4 behind on partition 0 and has committed nothing on 2.
func seeded(t *testing.T) *kafkatest.Fake {
	t.Helper()
	fake := kafkatest.StartFake(t, 3)
	fake.CreateTopic(t, "orders", 3, 1, nil)
	fake.ProduceEach(t, "orders", 10, 20, 30)
	fake.Commit(t, "billing", map[string]map[int32]int64{"orders": {0: 6, 1: 20}})
	fake.Commit(t, "shipping", map[string]map[int32]int64{"orders": {2: 5}})
	fake.ResetRequests()
	return fake
}

func fakeConfig(fake *kafkatest.Fake) *Config {
	cfg := newConfig()
	cfg.Brokers = fake.Brokers()
	cfg.InitialDelay = 0
	cfg.CollectionInterval = time.Hour
	return cfg
}

// run starts a receiver of the real factory. Its metrics come over the channel.
func run(t *testing.T, cfg *Config) (receiver.Metrics, <-chan pmetric.Metrics) {
	t.Helper()
	return runLogging(t, cfg, zap.NewNop())
}

func runLogging(t *testing.T, cfg *Config, log *zap.Logger) (receiver.Metrics, <-chan pmetric.Metrics) {
	t.Helper()
	scraped := make(chan pmetric.Metrics, 1)
	next, err := consumer.NewMetrics(func(_ context.Context, m pmetric.Metrics) error {
		scraped <- m
		return nil
	})
	require.NoError(t, err)
	metrics, err := NewFactory().CreateMetrics(t.Context(), settings(log), cfg, next)
	require.NoError(t, err)
	require.NoError(t, metrics.Start(t.Context(), &fakeHost{}))
	return metrics, scraped
}

// scrapeOnce returns what the first scrape gave.
func scrapeOnce(t *testing.T, cfg *Config) pmetric.Metrics {
	t.Helper()
	return scrapeLogging(t, cfg, zap.NewNop())
}

func scrapeLogging(t *testing.T, cfg *Config, log *zap.Logger) pmetric.Metrics {
	t.Helper()
	return nthScrape(t, cfg, log, 1)
}

func scrapeTwice(t *testing.T, cfg *Config, log *zap.Logger) pmetric.Metrics {
	t.Helper()
	return nthScrape(t, cfg, log, 2)
}

func nthScrape(t *testing.T, cfg *Config, log *zap.Logger, n int) pmetric.Metrics {
	t.Helper()
	metrics, scraped := runLogging(t, cfg, log)
	defer func() { require.NoError(t, metrics.Shutdown(context.Background())) }()
	var got pmetric.Metrics
	for range n {
		select {
		case got = <-scraped:
		case <-time.After(10 * time.Second):
			require.Fail(t, "no scrape")
		}
	}
	return got
}

// afterTheFirstScrape names the metrics of groups with lag that one scrape does not
// show: ages are found between scrapes, and one makes no trend.
var afterTheFirstScrape = []string{
	"kafka.consumer_group.time_lag_max", "kafka.consumer_group.retention_margin", "kafka.consumer_group.catch_up_time",
	"kafka.consumer_group.drain_time",
}

func TestScrapeOfACluster(t *testing.T) {
	got := metrictest.Points(scrapeOnce(t, fakeConfig(seeded(t))))
	assert.Equal(t, map[string]int64{
		"group=billing topic=orders partition=0":  4,
		"group=billing topic=orders partition=1":  0,
		"group=shipping topic=orders partition=2": 25,
	}, got["kafka.consumer_group.lag"])
	assert.Equal(t, map[string]int64{
		"group=billing topic=orders partition=0":  6,
		"group=billing topic=orders partition=1":  20,
		"group=shipping topic=orders partition=2": 5,
	}, got["kafka.consumer_group.offset"])
	assert.Equal(t, map[string]int64{"group=billing topic=orders": 4, "group=shipping topic=orders": 25}, got["kafka.consumer_group.lag_sum"])
	assert.Equal(t, map[string]int64{"group=billing topic=orders": 26, "group=shipping topic=orders": 5}, got["kafka.consumer_group.offset_sum"])
	assert.Equal(t, map[string]int64{"group=billing": 4, "group=shipping": 25}, got["kafka.consumer_group.lag_max"])
	assert.Equal(t, map[string]int64{"group=billing": 0, "group=shipping": 0}, got["kafka.consumer_group.members"])
	assert.Equal(t, map[string]int64{"": 3}, got["kafka.brokers"])
	assert.Equal(t, map[string]int64{"topic=orders": 3}, got["kafka.topic.partitions"])
	assert.Len(t, got["kafka.partition.current_offset"], 3)
	for _, name := range afterTheFirstScrape {
		assert.NotContains(t, got, name)
	}
	enabled := withoutNewGroups(metrictest.Enabled(metadata.DefaultMetricsConfig()))
	assert.Len(t, got, len(enabled)-len(afterTheFirstScrape), "every other metric has a point")
}

// withoutNewGroups leaves out the metrics of groups that the brokers in the process
// do not have.
func withoutNewGroups(metrics []string) []string {
	return slices.DeleteFunc(metrics, func(name string) bool {
		return strings.HasPrefix(name, "kafka.share_group.") || strings.HasPrefix(name, "kafka.streams_group.")
	})
}

func TestFiltersApplyBeforeAnythingIsAsked(t *testing.T) {
	groupAPIs := []string{"OffsetFetch", "DescribeGroups", "ConsumerGroupDescribe"}
	for name, tt := range map[string]struct {
		change func(*Config)
		groups map[string]int64
	}{
		"all groups":           {func(*Config) {}, map[string]int64{"group=billing": 4, "group=shipping": 25}},
		"one group":            {func(c *Config) { c.GroupMatch = "^bill" }, map[string]int64{"group=billing": 4}},
		"exclude beats match":  {func(c *Config) { c.GroupMatch, c.GroupExclude = "^bill", "ing$" }, nil},
		"a match for no group": {func(c *Config) { c.GroupMatch = "^absent$" }, nil},
		"no metric of a group": {func(c *Config) { c.Metrics = partitionMetrics() }, nil},
		"a match for no topic": {func(c *Config) { c.TopicMatch = "^absent$" }, map[string]int64{}},
	} {
		t.Run(name, func(t *testing.T) {
			fake := seeded(t)
			cfg := fakeConfig(fake)
			tt.change(cfg)
			got := metrictest.Points(scrapeOnce(t, cfg))
			if tt.groups == nil {
				for _, api := range groupAPIs {
					assert.Zero(t, fake.Requests()[api], api)
				}
			}
			if len(tt.groups) == 0 {
				assert.Empty(t, got["kafka.consumer_group.lag_max"])
				return
			}
			assert.Equal(t, tt.groups, got["kafka.consumer_group.lag_max"])
		})
	}
}

func TestShutdownWhileABrokerHangs(t *testing.T) {
	fake := seeded(t)
	for id := range int32(3) {
		defer fake.Hang(kmsg.Metadata, id)()
	}
	metrics, scraped := run(t, fakeConfig(fake))
	require.Eventually(t, func() bool { return fake.Dials(0)+fake.Dials(1)+fake.Dials(2) > 0 }, 5*time.Second, time.Millisecond)
	before := time.Now()
	require.NoError(t, metrics.Shutdown(context.Background()))
	assert.Less(t, time.Since(before), time.Second)
	assert.Zero(t, (<-scraped).DataPointCount(), "nothing was learned")
}

// partitionMetrics enables what needs no group.
func partitionMetrics() metadata.MetricsConfig {
	on := metadata.MetricsConfig{}
	on.KafkaPartitionCurrentOffset.Enabled = true
	return on
}
