// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// forTimeLag is the cluster of these tests: it compacts within a second.
func forTimeLag(t *testing.T) *kafkatest.Cluster {
	t.Helper()
	return kafkatest.Shared(t, kafkatest.Options{Properties: map[string]string{
		"log.cleaner.backoff.ms": "200",
	}})
}

// keep is the configuration of a topic whose records are as old as they say.
func keep(more ...string) map[string]string {
	configs := map[string]string{"retention.ms": "-1"}
	for i := 0; i < len(more); i += 2 {
		configs[more[i]] = more[i+1]
	}
	return configs
}

// TestIntegrationTimeLagAfterARestart has a receiver date commits in a week's records
// that it knows nothing of.
func TestIntegrationTimeLagAfterARestart(t *testing.T) {
	const topics, partitions, records = 3, 100, 3000
	kafka := forTimeLag(t)
	r := rand.New(rand.NewPCG(3, 4))
	want := map[string]time.Time{}
	for n := range topics {
		topic := fmt.Sprintf("week-%d", n)
		kafka.CreateTopic(t, topic, partitions, 1, keep())
		commits := map[int32]int64{}
		for p := range int32(partitions) {
			times := irregular(r, records)
			kafka.ProduceAt(t, topic, p, times...)
			commits[p] = r.Int64N(records)
			want[fmt.Sprintf("week/%s/%d", topic, p)] = times[commits[p]]
		}
		kafka.Commit(t, "week", map[string]map[int32]int64{topic: commits})
	}
	w := watch(t, 5*time.Second, kafka.Brokers()...)
	defer w.shutdown()
	found := nextWithAll(t, w, want)
	t.Logf("%d look-ups, %d rounds, %d dated", w.lookups(t), w.rounds(t), len(found.seconds))
	for key, at := range want {
		seconds, known := found.seconds[key]
		require.True(t, known, key)
		require.InDelta(t, found.at.Sub(at).Seconds(), seconds, 1.1, key)
	}
	assert.LessOrEqual(t, w.rounds(t), int64(16))
}

// irregular makes timestamps within the last week: now many, now few.
func irregular(r *rand.Rand, n int) []time.Time {
	gaps, sum, rate := make([]float64, n+1), 0.0, 1.0
	for i := range gaps {
		if r.IntN(200) == 0 {
			rate = 0.2 + 5*r.Float64()
		}
		gaps[i] = r.ExpFloat64() * rate
		sum += gaps[i]
	}
	const week = 7 * 24 * time.Hour
	now, position := time.Now(), 0.0
	times := make([]time.Time, n)
	for i := range times {
		position += gaps[i]
		times[i] = now.Add(-time.Duration((1 - position/sum) * float64(week))).Truncate(time.Millisecond)
	}
	return times
}

// TestIntegrationTimeLagRules has a case for each kind of partition that has a rule of
// its own.
func TestIntegrationTimeLagRules(t *testing.T) {
	kafka := forTimeLag(t)
	now := time.Now().Truncate(time.Millisecond)
	ago := func(seconds ...int) []time.Time {
		times := make([]time.Time, len(seconds))
		for i, s := range seconds {
			times[i] = now.Add(-time.Duration(s) * time.Second)
		}
		return times
	}
	const year = 365 * 24 * 3600
	want := map[string]func(at time.Time) float64{} // the time lag of group rules in a topic, at a time
	since := func(then time.Time) func(time.Time) float64 {
		return func(at time.Time) float64 { return at.Sub(then).Seconds() }
	}
	stand := func(topic string, commit int64, lag func(time.Time) float64) {
		kafka.Commit(t, "rules", map[string]map[int32]int64{topic: {0: commit}})
		want["rules/"+topic+"/0"] = lag
	}

	kafka.CreateTopic(t, "out-of-order", 1, 1, keep())
	kafka.ProduceAt(t, "out-of-order", 0, ago(5000, 1000, 4000, 3000, 500)...)
	stand("out-of-order", 3, since(now.Add(-1000*time.Second)))

	kafka.CreateTopic(t, "append-time", 1, 1, keep("message.timestamp.type", "LogAppendTime"))
	kafka.ProduceAt(t, "append-time", 0, ago(5000, 5000, 5000)...)
	stand("append-time", 1, since(time.Now()))

	kafka.CreateTopic(t, "one-instant", 1, 1, keep())
	kafka.ProduceAt(t, "one-instant", 0, ago(900, 700, 700, 700, 10)...)
	stand("one-instant", 2, since(now.Add(-700*time.Second)))

	kafka.CreateTopic(t, "replayed", 1, 1, keep())
	kafka.ProduceAt(t, "replayed", 0, ago(year+20, year+10, year)...)
	stand("replayed", 1, since(now.Add(-(year+10)*time.Second)))

	kafka.CreateTopic(t, "future", 1, 1, keep("message.timestamp.after.max.ms", fmt.Sprint(year*1000)))
	kafka.ProduceAt(t, "future", 0, ago(100, -5000, -6000)...)
	stand("future", 1, func(time.Time) float64 { return 0 })

	kafka.CreateTopic(t, "expired", 1, 1, keep())
	kafka.ProduceAt(t, "expired", 0, ago(900, 800, 700, 600)...)
	kafka.DeleteRecords(t, "expired", 0, 2)
	stand("expired", 0, since(now.Add(-700*time.Second)))

	kafka.CreateTopic(t, "emptied", 1, 1, keep())
	kafka.ProduceAt(t, "emptied", 0, ago(900, 800)...)
	kafka.DeleteRecords(t, "emptied", 0, 2)
	stand("emptied", 0, func(time.Time) float64 { return 0 })

	kafka.CreateTopic(t, "never-used", 1, 1, keep())
	stand("never-used", 0, func(time.Time) float64 { return 0 })

	compacting(t, kafka, "compacted")
	for _, r := range []struct {
		key     string
		seconds time.Duration
	}{{"a", 900}, {"b", 800}, {"b", 700}, {"c", 600}} {
		put(t, kafka, "compacted", r.key, now.Add(-r.seconds*time.Second))
	}
	awaitCompaction(t, kafka, "compacted", now.Add(-850*time.Second), 2)
	stand("compacted", 1, since(now.Add(-700*time.Second)))

	for _, when := range []string{"at first", "after a restart"} {
		w := watch(t, time.Second, kafka.Brokers()...)
		found := nextWithAll(t, w, want)
		w.next(t)
		w.shutdown()
		for key, lag := range want {
			if assert.Contains(t, found.seconds, key, when) {
				assert.InDelta(t, lag(found.at), found.seconds[key], 2, "%s, %s", key, when)
			}
		}
	}
}
