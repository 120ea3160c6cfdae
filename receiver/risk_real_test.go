// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
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

// The times of TestIntegrationSoakRetentionMargin.
const (
	retention = 6 * time.Second
	segment   = time.Second // holds the records of as long
	checks    = time.Second // how often Kafka looks for segments to delete
	// dating is how well look-ups date a record, and two scrapes.
	dating = time.Second + 2*200*time.Millisecond
)

// TestIntegrationSoakRetentionMargin has two groups on a topic that keeps its records
// for seconds. One reads here and there, so that every scrape promises another
// record some time: none is deleted before. The other stands still until it loses
// records: it was out of time by then, and not for long.
func TestIntegrationSoakRetentionMargin(t *testing.T) {
	scrapes := 120
	if soak.Full() {
		scrapes = 1500
	}
	kafka := kafkatest.Start(t, kafkatest.Options{Properties: map[string]string{
		"log.retention.check.interval.ms": "1000", "log.initial.task.delay.ms": "1000",
	}})
	kafka.CreateTopic(t, "short", 1, 1, map[string]string{
		"cleanup.policy": "delete", "retention.ms": "6000", "segment.ms": "1000",
	})
	s := newStream(t, kafka, "short", 0)
	s.produce(t, 100)
	s.commit(t, "reader", func(end int64) int64 { return max(end-rand.Int64N(800), 0) })
	s.hold(t, "stands")

	w := watch(t, 200*time.Millisecond, kafka.Brokers()...)
	defer w.shutdown()
	open := promises{topic: "short", part: 1}
	lost := 0
	var outOfTime, before time.Time
	for range scrapes {
		now := w.next(t)
		open.check(t, now)
		for _, group := range []string{"reader", "stands"} {
			open.add(group, now)
		}
		margin, known := now.margins["stands/short"]
		switch {
		case now.expired["stands/short"] > 0 && !outOfTime.IsZero():
			assert.LessOrEqual(t, before.Sub(outOfTime), segment+checks+dating, "it had lost nothing by the scrape before")
			lost, outOfTime = lost+1, time.Time{}
			s.hold(t, "stands")
		case now.expired["stands/short"] > 0: // no scrape came between: its promise is held all the same
			s.hold(t, "stands")
		case known && margin == 0 && outOfTime.IsZero():
			outOfTime = now.at
		}
		before = now.at
	}
	t.Logf("%d promises, records were lost %d times", open.made, lost)
	assert.Greater(t, open.made, scrapes)
	assert.GreaterOrEqual(t, lost, 2)
}

// TestIntegrationRetentionMarginBySize is the same where a topic is limited in size: a
// group that stands still loses records when the margin is 0, and not for long after.
// The margin is an estimate from a few seconds of growth, which half is allowed to be off.
func TestIntegrationRetentionMarginBySize(t *testing.T) {
	const mib, record, rate, off = 1 << 20, 10_000, 100, 0.5
	const kept, rolled = 4 * mib * time.Second / (record * rate), mib * time.Second / (record * rate)
	kafka := kafkatest.Start(t, kafkatest.Options{Properties: map[string]string{
		"log.retention.check.interval.ms": "1000", "log.initial.task.delay.ms": "1000",
	}})
	kafka.CreateTopic(t, "small", 1, 1, map[string]string{
		"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": strconv.Itoa(4 * mib), "segment.bytes": strconv.Itoa(mib),
	})
	s := newStream(t, kafka, "small", 0)
	s.value = make([]byte, record)
	s.produce(t, rate)
	s.hold(t, "late")

	cfg := newConfig()
	cfg.Brokers, cfg.CollectionInterval, cfg.RetentionMarginBySize = kafka.Brokers(), 200*time.Millisecond, true
	cfg.Metadata.RefreshInterval = time.Second
	w := watchWith(t, cfg)
	defer w.shutdown()
	for range 75 { // until growth has been seen for long enough to be even
		w.next(t)
	}
	s.hold(t, "late")
	w.next(t) // may have begun before
	open := promises{topic: "small", part: 1 - off}
	lost := 0
	var outOfTime, before time.Time
	for lost < 3 {
		now := w.next(t)
		open.check(t, now)
		open.add("late", now)
		margin, known := now.margins["late/small"]
		switch {
		case now.expired["late/small"] > 0 && !outOfTime.IsZero():
			assert.LessOrEqual(t, before.Sub(outOfTime), rolled+checks+dating+time.Duration(off*float64(kept)))
			lost, outOfTime = lost+1, time.Time{}
			s.hold(t, "late")
		case now.expired["late/small"] > 0: // no scrape came between, or it began before the group had moved
			s.hold(t, "late")
		case known && margin == 0 && outOfTime.IsZero():
			outOfTime = now.at
		}
		before = now.at
		assert.LessOrEqual(t, margin, kept.Seconds()*(1+off))
	}
	assert.Greater(t, open.made, 30)
}

// promises are those of scrapes that a record is not deleted before a time.
type promises struct {
	topic string
	part  float64 // of the margin, for which they hold
	made  int
	open  []promise
}

type promise struct {
	group  string
	record cluster.Offset
	until  time.Time
}

// add takes down what a scrape promises a group. Its time is when its points were
// made, a moment after it was taken.
func (p *promises) add(group string, s dated) {
	const moment = 50 * time.Millisecond
	margin := time.Duration(p.part * s.margins[group+"/"+p.topic] * float64(time.Second))
	if margin <= moment {
		return
	}
	p.made++
	p.open = append(p.open, promise{
		group: group, record: max(s.offsets[group+"/"+p.topic+"/0"], s.starts[p.topic+"/0"]), until: s.at.Add(margin - moment),
	})
}

// check drops what has been kept for as long as it was promised.
func (p *promises) check(t *testing.T, s dated) {
	t.Helper()
	left := p.open[:0]
	for _, was := range p.open {
		if s.at.Before(was.until) {
			require.LessOrEqual(t, s.starts[p.topic+"/0"], was.record, "%s lost a record %v too early", was.group, was.until.Sub(s.at))
			left = append(left, was)
		}
	}
	p.open = left
}

// TestIntegrationSoakCatchUpTime has a group fall behind, and then read three times
// as fast as is written. Once the window has seen that, each scrape foretells when
// it will have read all.
func TestIntegrationSoakCatchUpTime(t *testing.T) {
	soak.Only(t)
	const length = 3 * time.Minute // from when it is sped up
	const produced, slow, fast = 100, 50, 300
	kafka := forTimeLag(t)
	kafka.CreateTopic(t, "backlog", 1, 1, nil)
	backlog := int((fast - produced) * length.Seconds())
	kafka.Produce(t, "backlog", 0, backlog)
	s := newStream(t, kafka, "backlog", int64(backlog))
	s.produce(t, produced)
	began, before := time.Now(), 3*time.Second
	s.commit(t, "g", func(end int64) int64 {
		since := time.Since(began)
		read := slow*min(since, before).Seconds() + fast*max(since-before, 0).Seconds()
		return min(int64(read), end)
	})

	w := watch(t, 500*time.Millisecond, kafka.Brokers()...)
	defer w.shutdown()
	var foretold []dated
	fell := 0
	for {
		now := w.next(t)
		left, known := now.catchUp["g/backlog"]
		if behind, seen := now.lags["g/backlog"]; seen && behind < produced/2 { // what came since it last committed
			for _, then := range foretold {
				assert.InEpsilon(t, now.at.Sub(then.at).Seconds(), then.catchUp["g/backlog"], 0.1)
			}
			break
		}
		if !known {
			fell++
		}
		if known && now.at.Sub(began) > before+5*time.Second && left > 10 { // a window and an interval later
			foretold = append(foretold, now)
		}
		require.Less(t, time.Since(began), before+2*length, "it never caught up")
	}
	t.Logf("%d scrapes foretold it", len(foretold))
	assert.Greater(t, len(foretold), 5)
	assert.Greater(t, fell, 3, "while it fell behind it was not to catch up")
}

// stream writes to a topic of one partition and commits in it, at the pace of the
// clock.
type stream struct {
	seed    kafkatest.Seed
	topic   string
	value   []byte // of each record
	client  *kgo.Client
	end     atomic.Int64
	running sync.WaitGroup
}

// newStream begins at the end of a topic.
func newStream(t *testing.T, kafka *kafkatest.Cluster, topic string, end int64) *stream {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(kafka.Brokers()...), kgo.DefaultProduceTopic(topic), kgo.ProducerBatchCompression(kgo.NoCompression()))
	require.NoError(t, err)
	s := &stream{seed: kafka.Seed, topic: topic, value: []byte("v"), client: client}
	s.end.Store(end)
	t.Cleanup(func() { // the test's context is done by then
		s.running.Wait()
		client.Close()
	})
	return s
}

// repeat does something every moment until the test ends.
func (s *stream) repeat(t *testing.T, do func(ctx context.Context)) {
	t.Helper()
	ctx := t.Context()
	s.running.Go(func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			do(ctx)
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	})
}

// produce adds so many records a second.
func (s *stream) produce(t *testing.T, rate float64) {
	t.Helper()
	began, sent := time.Now(), 0
	s.repeat(t, func(ctx context.Context) {
		records := make([]*kgo.Record, int(rate*time.Since(began).Seconds())-sent)
		for i := range records {
			records[i] = &kgo.Record{Value: s.value}
		}
		if s.client.ProduceSync(ctx, records...).FirstErr() == nil {
			sent += len(records)
			s.end.Add(int64(len(records)))
		}
	})
}

// commit has a group be where position says, by where the topic ends.
func (s *stream) commit(t *testing.T, group string, position func(end int64) int64) {
	t.Helper()
	admin := kadm.NewClient(s.client)
	s.repeat(t, func(ctx context.Context) {
		var commit kadm.Offsets
		commit.AddOffset(s.topic, 0, position(s.end.Load()), -1)
		_ = admin.CommitAllOffsets(ctx, group, commit) // the next one makes up for it
	})
}

// hold has a group stand still at the end.
func (s *stream) hold(t *testing.T, group string) {
	t.Helper()
	s.seed.Commit(t, group, map[string]map[int32]int64{s.topic: {0: s.end.Load()}})
}
