// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// withZooKeeperMetrics is a configuration for both.
func withZooKeeperMetrics(cfg *Config, server string) *Config {
	cfg.ZooKeeper.Servers = []string{server}
	cfg.Metrics.KafkaConsumerGroupZookeeperOffset.Enabled = true
	cfg.Metrics.KafkaConsumerGroupZookeeperLag.Enabled = true
	return cfg
}

func TestIntegrationZooKeeper(t *testing.T) {
	kafka := kafkatest.Start(t, kafkatest.Options{Version: "2.8.2"})
	kafka.CreateTopic(t, "orders", 2, 1, nil)
	kafka.ProduceEach(t, "orders", 10, 20)
	offsets := map[string]map[int32]int64{"orders": {0: 4, 1: 20}}
	kafka.Commit(t, "new", offsets)
	kafka.CommitToZooKeeper(t, "old", offsets)
	kafka.CommitToZooKeeper(t, "old-unwanted", offsets)

	cfg := withZooKeeperMetrics(newConfig(), kafka.ZooKeeper())
	cfg.Brokers, cfg.InitialDelay, cfg.GroupExclude = kafka.Brokers(), 0, "unwanted"
	got := metrictest.Points(scrapeOnce(t, cfg))
	assert.Equal(t, map[string]int64{"group=old topic=orders partition=0": 4, "group=old topic=orders partition=1": 20},
		got["kafka.consumer_group.zookeeper.offset"])
	assert.Equal(t, map[string]int64{"group=old topic=orders partition=0": 6, "group=old topic=orders partition=1": 0},
		got["kafka.consumer_group.zookeeper.lag"])
	assert.Equal(t, map[string]int64{"group=new": 6}, got["kafka.consumer_group.lag_max"])
}

// ZooKeeper away costs only what is read from there.
func TestZooKeeperAway(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	cfg := withZooKeeperMetrics(fakeConfig(seeded(t)), silent.Addr().String())
	cfg.RequestTimeout = 500 * time.Millisecond
	got := metrictest.Points(scrapeOnce(t, cfg))
	assert.Empty(t, got["kafka.consumer_group.zookeeper.lag"])
	for _, name := range withoutNewGroups(metrictest.Enabled(metadata.DefaultMetricsConfig())) {
		if !slices.Contains(afterTheFirstScrape, name) {
			assert.NotEmpty(t, got[name], name)
		}
	}
}

// Kafka's groups are asked about while ZooKeeper is read, and the ends of the
// partitions when it is.
func TestZooKeeperIsReadBesideKafka(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	fake := seeded(t)
	metrics, scraped := run(t, withZooKeeperMetrics(fakeConfig(fake), silent.Addr().String()))
	conn, err := silent.Accept()
	require.NoError(t, err)
	require.Eventually(t, func() bool { return fake.Requests()["OffsetFetch"] > 0 }, 4*time.Second, time.Millisecond)
	assert.Zero(t, fake.Requests()["ListOffsets"])
	require.NoError(t, silent.Close())
	require.NoError(t, conn.Close())
	assert.NotEmpty(t, metrictest.Points(<-scraped)["kafka.consumer_group.lag"])
	require.NoError(t, metrics.Shutdown(context.Background()))
}

func TestShutdownWhileZooKeeperIsSilent(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	metrics, scraped := run(t, withZooKeeperMetrics(fakeConfig(seeded(t)), silent.Addr().String()))
	conn, err := silent.Accept()
	require.NoError(t, err)
	defer conn.Close()
	before := time.Now()
	require.NoError(t, metrics.Shutdown(context.Background()))
	assert.Less(t, time.Since(before), time.Second)
	<-scraped
}
