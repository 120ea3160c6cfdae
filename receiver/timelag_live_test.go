// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/soak"
)

// TestIntegrationSoakTimeLagOfALiveTopic has a consumer read at half the rate of a
// producer. Once look-ups have shown that records arrive when they are stamped, the
// history gives the time lag, and exactly. Brokers stamp the records, so that none is
// late on a machine that stalls; scrapes may be, and what counts are some in a row.
func TestIntegrationSoakTimeLagOfALiveTopic(t *testing.T) {
	soak.Only(t)
	const length, inARow = 5 * time.Minute, 100
	kafka := forTimeLag(t)
	kafka.CreateTopic(t, "live", 1, 1, map[string]string{"message.timestamp.type": "LogAppendTime"})
	kafka.Commit(t, "slow", map[string]map[int32]int64{"live": {0: 0}})
	stamped := produceLive(t, kafka, "live", length, 0)

	w := watch(t, time.Second, kafka.Brokers()...)
	defer w.shutdown()
	exact, asked, worst := 0, int64(0), 0.0
	for began := time.Now(); exact < inARow && time.Since(began) < length; {
		s := w.next(t)
		truth := s.at.Sub(stamped(s.offsets["slow/live/0"])).Seconds()
		got, known := s.seconds["slow/live/0"]
		if known {
			require.InDelta(t, truth, got, max(2.1, truth/10), "the bound of a record that came in a burst")
		}
		lookups := w.lookups(t)
		switch off := math.Abs(got - truth); {
		case truth <= 10:
		case known && lookups == asked && off <= max(1, truth/20):
			exact++
			worst = max(worst, off/truth)
		default:
			t.Logf("%.1f s, known %t: %.1f s, %d look-ups more", truth, known, got, lookups-asked)
			exact, worst = 0, 0
		}
		asked = lookups
	}
	t.Logf("off by %.2f %% at most", 100*worst)
	assert.Equal(t, inARow, exact, "scrapes in a row that the history had all of")
}

// TestIntegrationTimeLagOfReplayedRecords has records of last year written now. When
// they arrived is known, and is not what counts.
func TestIntegrationTimeLagOfReplayedRecords(t *testing.T) {
	const year = 365 * 24 * time.Hour
	kafka := forTimeLag(t)
	kafka.CreateTopic(t, "replay", 1, 1, keep())
	kafka.Commit(t, "slow", map[string]map[int32]int64{"replay": {0: 0}})
	stamped := produceLive(t, kafka, "replay", 2*time.Minute, year)
	const slow, stuck = "slow/replay/0", "stuck/replay/0"

	for _, when := range []string{"at first", "after a restart"} {
		w := watch(t, time.Second, kafka.Brokers()...)
		s := w.next(t)
		arriving := 2*s.offsets[slow] + 100 // within the history of this run
		for s.offsets[slow] < arriving/2+100 {
			s = w.next(t)
		}
		kafka.Commit(t, "stuck", map[string]map[int32]int64{"replay": {0: int64(arriving)}})
		for n, exact := 0, false; n < 8 || !exact; n++ {
			require.Less(t, n, 30, "the stuck group is not dated well, %s", when)
			s = w.next(t)
			for _, group := range []string{slow, stuck} {
				truth := s.at.Sub(stamped(s.offsets[group])).Seconds()
				got, known := s.seconds[group]
				if known {
					require.InEpsilon(t, truth, got, 0.05, "%s, %s", when, group)
				}
				exact = known && math.Abs(got-truth) < 1.1 // of the last one, which is stuck
			}
		}
		w.shutdown()
	}
}

// produceLive adds 100 records a second to a topic for so long, stamped late by
// that much, and commits half as many for group slow. It returns when a record
// was stamped, or will be at that rate.
func produceLive(t *testing.T, kafka *kafkatest.Cluster, topic string, length, late time.Duration) func(cluster.Offset) time.Time {
	t.Helper()
	const every, batch = 100 * time.Millisecond, 10
	client, err := kgo.NewClient(kgo.SeedBrokers(kafka.Brokers()...), kgo.DefaultProduceTopic(topic), kgo.UnknownTopicRetries(-1))
	require.NoError(t, err)
	admin := kadm.NewClient(client)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	t.Cleanup(func() {
		cancel()
		<-ended
		client.Close()
	})
	var mu sync.Mutex
	var stamps []time.Time // of each batch
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		began := time.Now()
		for n := int64(0); ctx.Err() == nil && time.Since(began) < length+10*time.Second; n += batch {
			at, records := time.Now().Truncate(time.Millisecond).Add(-late), make([]*kgo.Record, batch)
			for i := range records {
				records[i] = &kgo.Record{Value: []byte("v"), Timestamp: at}
			}
			if client.ProduceSync(ctx, records...).FirstErr() != nil {
				return
			}
			mu.Lock()
			stamps = append(stamps, records[0].Timestamp) // the broker's, where it stamps them
			mu.Unlock()
			var commit kadm.Offsets
			commit.AddOffset(topic, 0, n/2, -1)
			_ = admin.CommitAllOffsets(ctx, "slow", commit) // the next one makes up for it
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	}()
	return func(o cluster.Offset) time.Time {
		mu.Lock()
		defer mu.Unlock()
		switch n := int(o / batch); {
		case n < len(stamps):
			return stamps[n]
		case len(stamps) == 0:
			return time.Now().Add(-late)
		default:
			return stamps[len(stamps)-1].Add(time.Duration(n-len(stamps)+1) * every)
		}
	}
}
