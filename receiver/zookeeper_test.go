// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka"
	"github.com/kafkalag/kafkalagreceiver/internal/kafkatest"
)

// withZooKeeperMetrics is a configuration for both.
func withZooKeeperMetrics(cfg *Config, server string) *Config {
	cfg.ZooKeeper.Servers = []string{server}
	cfg.Metrics.KafkaConsumerGroupZookeeperOffset.Enabled = true
	cfg.Metrics.KafkaConsumerGroupZookeeperLag.Enabled = true
	return cfg
}

func TestRealZooKeeper(t *testing.T) {
	kafka := kafkatest.Start(t, kafkatest.Options{Version: "2.8.2"})
	kafka.CreateTopic(t, "orders", 2, 1, nil)
	kafka.ProduceEach(t, "orders", 10, 20)
	offsets := map[string]map[int32]int64{"orders": {0: 4, 1: 20}}
	kafka.Commit(t, "new", offsets)
	kafka.CommitToZooKeeper(t, "old", offsets)
	kafka.CommitToZooKeeper(t, "old-unwanted", offsets)

	cfg := withZooKeeperMetrics(newConfig(), kafka.ZooKeeper())
	cfg.Brokers, cfg.InitialDelay, cfg.GroupExclude = kafka.Brokers(), 0, "unwanted"
	got := points(scrapeOnce(t, cfg))
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
	got := points(scrapeOnce(t, cfg))
	assert.Empty(t, got["kafka.consumer_group.zookeeper.lag"])
	for _, name := range allMetrics(t) {
		if name != "kafka.consumer_group.time_lag_max" { // found beside the scrapes, after the first
			assert.NotEmpty(t, got[name], name)
		}
	}
}

// A ZooKeeper that hangs does not cost a time-out in each scrape, and none is
// silent about it. One that refuses is found as soon as it is back.
func TestZooKeeperThatHangsIsLeftOut(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	proxy := kafkatest.StartProxy(t, silent.Addr().String())
	cfg := withZooKeeperMetrics(newConfig(), proxy.Addr())
	cfg.RequestTimeout = 100 * time.Millisecond
	c := addZooKeeper(answering(whole), cfg, zap.NewNop())
	defer c.Close()
	for scrape, dials := range []int{1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4} {
		s, err := c.Snapshot(t.Context(), kafka.Questions{})
		require.NoError(t, err)
		require.Len(t, s.Failures, 1)
		assert.Equal(t, cluster.CodeNoAnswer, s.Failures[0].Code)
		require.Eventually(t, func() bool { return proxy.Dials() >= dials }, 5*time.Second, time.Millisecond)
		require.Equal(t, dials, proxy.Dials(), "scrape %d", scrape+1)
	}

	proxy.Close() // nothing listens any more
	for range 3 {
		s, err := c.Snapshot(t.Context(), kafka.Questions{})
		require.NoError(t, err)
		require.Len(t, s.Failures, 1)
		assert.Equal(t, cluster.CodeNoConnection, s.Failures[0].Code)
		assert.NotContains(t, s.Failures[0].Err.Error(), "not asked")
	}
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
