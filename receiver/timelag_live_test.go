// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"math"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// TestIntegrationSoakTimeLagOfALiveTopic has a consumer read at half the rate of a
// producer. Once the first look-ups have shown that records arrive when they are
// stamped, the history gives the time lag, and exactly.
func TestIntegrationSoakTimeLagOfALiveTopic(t *testing.T) {
	length := time.Minute
	if os.Getenv("KAFKALAG_SOAK") == "full" {
		length = 5 * time.Minute
	}
	kafka := forTimeLag(t)
	kafka.CreateTopic(t, "live", 1, 1, nil)
	kafka.Commit(t, "slow", map[string]map[int32]int64{"live": {0: 0}})
	stamped := produceLive(t, kafka, "live", length, 0)

	w := watch(t, time.Second, kafka.Brokers()...)
	defer w.shutdown()
	checked, asked, worst := 0, int64(0), 0.0
	for began := time.Now(); time.Since(began) < length; {
		s := w.next(t)
		got, known := s.seconds["slow/live/0"]
		truth := s.at.Sub(stamped(s.offsets["slow/live/0"])).Seconds()
		if truth > 10 {
			require.True(t, known)
			require.InEpsilon(t, truth, got, 0.05)
			worst = max(worst, math.Abs(got-truth)/truth)
			if checked++; checked == 1 {
				asked = w.lookups(t)
			}
		}
	}
	t.Logf("%d scrapes, off by %.2f %% at most", checked, 100*worst)
	assert.Greater(t, checked, 10)
	assert.Equal(t, asked, w.lookups(t), "the history had the rest")
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
		for n := range 8 {
			s = w.next(t)
			for _, group := range []string{slow, stuck} {
				if got, known := s.seconds[group]; known {
					require.InEpsilon(t, s.at.Sub(stamped(s.offsets[group])).Seconds(), got, 0.05, "%s, %s", when, group)
				}
			}
			if n >= 3 { // two intervals after the first scrape that sees it
				require.Contains(t, s.seconds, stuck, when)
				require.InDelta(t, s.at.Sub(stamped(arriving)).Seconds(), s.seconds[stuck], 1.1, when)
			}
		}
		w.shutdown()
	}
}

// produceLive adds 100 records a second to a topic for so long, stamped late by
// that much, and commits half as many for group slow. It returns when a record
// was stamped.
func produceLive(t *testing.T, kafka *kafkatest.Cluster, topic string, length, late time.Duration) func(cluster.Offset) time.Time {
	t.Helper()
	const every = 100 * time.Millisecond
	began := time.Now().Truncate(time.Millisecond)
	stamp := func(o cluster.Offset) time.Time { return began.Add(time.Duration(o/10)*every - late) }
	client, err := kgo.NewClient(kgo.SeedBrokers(kafka.Brokers()...), kgo.DefaultProduceTopic(topic))
	require.NoError(t, err)
	admin := kadm.NewClient(client)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	t.Cleanup(func() {
		cancel()
		<-ended
		client.Close()
	})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for n := cluster.Offset(0); ctx.Err() == nil && time.Since(began) < length+10*time.Second; n += 10 {
			records := make([]*kgo.Record, 10)
			for i := range records {
				records[i] = &kgo.Record{Value: []byte("v"), Timestamp: stamp(n)}
			}
			if client.ProduceSync(ctx, records...).FirstErr() != nil {
				return
			}
			var commit kadm.Offsets
			commit.AddOffset(topic, 0, int64(n/2), -1)
			_ = admin.CommitAllOffsets(ctx, "slow", commit) // the next one makes up for it
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	}()
	return stamp
}
