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

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// TestIntegrationTimeLagOfTransactions: the end of a transaction takes an offset, where
// a group may stand, and has the time at which it was written. In the middle of
// the log as at the end of it, it counts as a record.
func TestIntegrationTimeLagOfTransactions(t *testing.T) {
	kafka := forTimeLag(t)
	now := time.Now().Truncate(time.Millisecond)
	old, soon, later := now.Add(-time.Hour), now.Add(3*time.Second), now.Add(6*time.Second)
	want := map[string]time.Time{}
	stand := func(group, topic string, commit int64, stamp time.Time) {
		kafka.Commit(t, group, map[string]map[int32]int64{topic: {0: commit}})
		want[group+"/"+topic+"/0"] = stamp
	}
	for topic, how := range map[string]kgo.TransactionEndTry{"committed": kgo.TryCommit, "aborted": kgo.TryAbort} {
		kafka.CreateTopic(t, topic, 1, 1, keep())
		first := transact(t, kafka, topic, how, old, old)
		transact(t, kafka, topic, how, soon, later)
		stand("before-the-end", topic, 1, old)
		stand("at-the-end", topic, 2, first)
		stand("after-the-end", topic, 3, soon)
		stand("further", topic, 4, later)
		stand("behind-all", topic, 5, later) // the end itself was written before that
	}
	kafka.CreateTopic(t, "trailing", 1, 1, keep())
	stand("behind-all", "trailing", 2, transact(t, kafka, "trailing", kgo.TryCommit, old, old))

	for _, when := range []string{"at first", "after a restart"} {
		w := watch(t, time.Second, kafka.Brokers()...)
		found := nextWithAll(t, w, want)
		// What seemed to be of the future is dated anew once its time has come.
		for range 30 {
			if found.at.After(later) && len(missingKeys(found.seconds, want)) == 0 {
				break
			}
			found = w.next(t)
		}
		w.shutdown()
		for key, stamp := range want {
			if assert.Contains(t, found.seconds, key, when) {
				assert.InDelta(t, found.at.Sub(stamp).Seconds(), found.seconds[key], 1.5, "%s, %s", when, key)
			}
		}
	}
}

// transact writes records with these timestamps in one transaction, and returns
// when it ended.
func transact(t *testing.T, kafka *kafkatest.Cluster, topic string, how kgo.TransactionEndTry, stamps ...time.Time) time.Time {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(kafka.Brokers()...), kgo.TransactionalID(topic), kgo.DefaultProduceTopic(topic))
	require.NoError(t, err)
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, client.BeginTransaction())
	for _, stamp := range stamps {
		require.NoError(t, client.ProduceSync(ctx, &kgo.Record{Value: []byte("v"), Timestamp: stamp}).FirstErr())
	}
	require.NoError(t, client.EndTransaction(ctx, how))
	return time.Now()
}
