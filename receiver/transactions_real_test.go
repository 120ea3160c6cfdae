// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// Two partitions are held up: 0 by a transaction that no coordinator knows any more,
// 1 by one that is merely open. A consumer that reads committed records only has
// read all it can get, so that its lag tells nothing: these metrics do.
func TestIntegrationSoakOpenTransactions(t *testing.T) {
	for _, version := range kafkatest.VersionsWithNewGroups() {
		t.Run(version, func(t *testing.T) {
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version, Properties: map[string]string{
				"transaction.partition.verification.enable": "false",
			}})
			kafka.CreateTopic(t, "held", 3, 1, keep())
			now := time.Now().Truncate(time.Millisecond)
			long, short := now.Add(-20*time.Minute), now.Add(-time.Minute)
			kafka.ProduceAt(t, "held", 0, now.Add(-2*time.Hour), now.Add(-time.Hour))
			abort := kafka.HangTransaction(t, "held", 0, long, now.Add(-19*time.Minute), now)
			kafka.ProduceAt(t, "held", 0, now, now)
			end := kafka.OpenTransaction(t, "held", 1, short, now)
			kafka.ProduceAt(t, "held", 2, now)
			kafka.Commit(t, "reader", map[string]map[int32]int64{"held": {0: 2, 1: 0}})

			for level, lag := range map[string]map[string]int64{
				readUncommitted: {"group=reader topic=held partition=0": 5, "group=reader topic=held partition=1": 2},
				readCommitted:   {"group=reader topic=held partition=0": 0, "group=reader topic=held partition=1": 0},
			} {
				scrapes := watchTransactions(t, transactionsConfig(level, kafka.Brokers()...))
				first := metrictest.Points(<-scrapes)
				assert.Equal(t, lag, first["kafka.consumer_group.lag"], level)
				assert.Equal(t, map[string]int64{
					"topic=held partition=0": 5, "topic=held partition=1": 2, "topic=held partition=2": 0,
				}, first["kafka.partition.last_stable_offset_gap"], level)
				found := eventually(t, scrapes, func(m pmetric.Metrics) bool {
					return len(metrictest.Doubles(m)["kafka.partition.open_transaction_age"]) == 2
				})
				age := metrictest.Doubles(found)["kafka.partition.open_transaction_age"]
				assert.InDelta(t, time.Since(long).Seconds(), age["topic=held partition=0"], 3, level)
				assert.InDelta(t, time.Since(short).Seconds(), age["topic=held partition=1"], 3, level)
			}

			abort()
			end(kgo.TryCommit)
			for _, level := range []string{readUncommitted, readCommitted} {
				eventually(t, watchTransactions(t, transactionsConfig(level, kafka.Brokers()...)), func(m pmetric.Metrics) bool {
					gap := metrictest.Points(m)["kafka.partition.last_stable_offset_gap"]
					return assert.ObjectsAreEqual(map[string]int64{
						"topic=held partition=0": 0, "topic=held partition=1": 0, "topic=held partition=2": 0,
					}, gap) && len(metrictest.Doubles(m)["kafka.partition.open_transaction_age"]) == 0
				})
			}
		})
	}
}

// transactionsConfig has each second show what transactions hold up.
func transactionsConfig(level string, brokers ...string) *Config {
	cfg := newConfig()
	cfg.Brokers, cfg.InitialDelay, cfg.CollectionInterval, cfg.IsolationLevel = brokers, 0, time.Second, level
	cfg.Metrics.KafkaPartitionLastStableOffsetGap.Enabled = true
	cfg.Metrics.KafkaPartitionOpenTransactionAge.Enabled = true
	return cfg
}

// watchTransactions scrapes until the test ends.
func watchTransactions(t *testing.T, cfg *Config) <-chan pmetric.Metrics {
	t.Helper()
	metrics, scraped := runLogging(t, cfg, zap.NewNop())
	t.Cleanup(func() {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			assert.NoError(t, metrics.Shutdown(context.Background()))
		}()
		for {
			select {
			case <-scraped:
			case <-ended:
				return
			}
		}
	})
	return scraped
}

// eventually returns the first scrape that is as wanted.
func eventually(t *testing.T, scrapes <-chan pmetric.Metrics, wanted func(pmetric.Metrics) bool) pmetric.Metrics {
	t.Helper()
	limit := time.After(time.Minute)
	for {
		select {
		case m := <-scrapes:
			if wanted(m) {
				return m
			}
		case <-limit:
			require.Fail(t, "no scrape is as wanted")
		}
	}
}
