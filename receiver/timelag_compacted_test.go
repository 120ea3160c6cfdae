// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/lookup"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/internal/selfmetrics"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// TestIntegrationTimeLagOutlivesNoCompactedRecord has compaction remove the record that
// a group stands at and that has been dated. The receiver's clock is put forward
// to when that is looked up again.
func TestIntegrationTimeLagOutlivesNoCompactedRecord(t *testing.T) {
	const topic, at = "compacted-later", "reader/compacted-later/0"
	cluster := forTimeLag(t)
	now := time.Now().Truncate(time.Millisecond)
	ago := func(seconds time.Duration) time.Time { return now.Add(-seconds * time.Second) }
	compacting(t, cluster, topic)
	put(t, cluster, topic, "a", ago(900))
	put(t, cluster, topic, "b", ago(800))
	put(t, cluster, topic, "c", ago(600))
	cluster.Commit(t, "reader", map[string]map[int32]int64{topic: {0: 1}})

	cfg := newConfig()
	cfg.Brokers, cfg.TopicMatch = cluster.Brokers(), topic
	cfg.Metrics.KafkaConsumerGroupTimeLag.Enabled = true
	client, err := snapshot.New(cfg.Config, zap.NewNop(), nil, nil)
	require.NoError(t, err)
	finder, err := lookup.New(cfg.Config, zap.NewNop(), nil)
	require.NoError(t, err)
	set := settings(zap.NewNop())
	own, err := selfmetrics.New(set)
	require.NoError(t, err)
	s := newScraper(set, cfg, client, finder, nil, own)
	require.NoError(t, s.start(t.Context(), &fakeHost{}))
	defer s.shutdown()
	later := time.Duration(0)
	s.now = func() time.Time { return time.Now().Add(later) }
	date := func() (date time.Time, known bool) {
		metrics, err := s.scrape(t.Context())
		require.NoError(t, err)
		found := datedIn(metrics)
		seconds, known := found.seconds[at]
		return found.at.Add(-time.Duration(seconds * float64(time.Second))), known
	}
	await := func(want time.Time) {
		t.Helper()
		var got time.Time
		for known, began := false, time.Now(); !known || got.Sub(want).Abs() > 1100*time.Millisecond; got, known = date() {
			require.Less(t, time.Since(began), 30*time.Second, "dated %v, not %v", got, want)
		}
	}
	await(ago(800))
	put(t, cluster, topic, "b", ago(300))
	put(t, cluster, topic, "d", ago(100)) // what is newest is not compacted, and does not count
	awaitCompaction(t, cluster, topic, ago(850), 2)
	got, known := date()
	assert.True(t, known)
	assert.WithinDuration(t, ago(800), got, 1100*time.Millisecond, "it is believed to be there")
	later = 16 * time.Minute
	await(ago(600))
}

// compacting makes a topic that is compacted all the time.
func compacting(t *testing.T, kafka *kafkatest.Cluster, topic string) {
	t.Helper()
	kafka.CreateTopic(t, topic, 1, 1, keep("cleanup.policy", "compact",
		"min.cleanable.dirty.ratio", "0.001", "segment.ms", "1000", "max.compaction.lag.ms", "1"))
}

// put writes one record.
func put(t *testing.T, kafka *kafkatest.Cluster, topic, key string, at time.Time) {
	t.Helper()
	kafka.ProduceRecords(t, &kgo.Record{Topic: topic, Key: []byte(key), Value: []byte("v"), Timestamp: at})
}

// awaitCompaction waits until the record at an offset is the first of a time or
// later.
func awaitCompaction(t *testing.T, kafka *kafkatest.Cluster, topic string, at time.Time, offset int64) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(kafka.Brokers()...))
	require.NoError(t, err)
	defer client.Close()
	admin := kadm.NewClient(client)
	require.Eventually(t, func() bool {
		all, err := admin.ListOffsetsAfterMilli(t.Context(), at.UnixMilli(), topic)
		first, found := all.Lookup(topic, 0)
		return err == nil && found && first.Err == nil && first.Offset == offset
	}, 60*time.Second, 200*time.Millisecond, "compaction")
}
