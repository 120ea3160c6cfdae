// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// A topic that is kept for ever, but limited in size, has a margin where it is asked
// for.
func TestRetentionMarginBySize(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	fake.CreateTopic(t, "small", 1, 1, map[string]string{"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "10000"})
	fake.Produce(t, "small", 0, 10)
	fake.Commit(t, "g", map[string]map[int32]int64{"small": {0: 10}})
	for bySize, want := range map[bool]int{false: 0, true: 1} {
		cfg := newConfig()
		cfg.Brokers, cfg.CollectionInterval, cfg.RetentionMarginBySize = fake.Brokers(), 100*time.Millisecond, bySize
		w := watchWith(t, cfg)
		w.next(t)
		fake.Produce(t, "small", 0, 10) // it grows
		w.next(t)
		assert.Len(t, w.next(t).margins, want)
		w.shutdown()
	}
}

func TestRetentionMargin(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	fake.CreateTopic(t, "orders", 1, 1, map[string]string{"cleanup.policy": "delete", "retention.ms": "7200000"})
	fake.CreateTopic(t, "state", 1, 1, map[string]string{"cleanup.policy": "compact"})
	hourAgo := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	for _, topic := range []string{"orders", "state"} {
		fake.ProduceAt(t, topic, 0, hourAgo.Add(-time.Minute), hourAgo, hourAgo.Add(time.Minute))
	}
	fake.Commit(t, "stuck", map[string]map[int32]int64{"orders": {0: 1}, "state": {0: 1}})
	fake.Commit(t, "done", map[string]map[int32]int64{"orders": {0: 3}})
	w := watch(t, 200*time.Millisecond, fake.Brokers()...)
	defer w.shutdown()
	first := w.next(t)
	assert.Equal(t, map[string]float64{"done/orders": 7200}, first.margins, "the age of what is unread has yet to be found")
	found := w.next(t)
	for range 10 {
		if len(found.margins) < 2 {
			found = w.next(t)
		}
	}
	assert.Len(t, found.margins, 2, "nothing is deleted from a topic that is compacted")
	assert.InDelta(t, 2*time.Hour.Seconds()-found.at.Sub(hourAgo).Seconds(), found.margins["stuck/orders"], 1)
}
