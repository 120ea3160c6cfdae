// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// Topics and groups change between two scrapes: the next one has what is true
// by then, and nothing of what was.
func TestIntegrationTopicsAndGroupsComeAndGo(t *testing.T) {
	c := oneBroker(t)
	c.CreateTopic(t, "change-a", 1, 1, nil)
	c.ProduceEach(t, "change-a", 20)
	c.CreateTopic(t, "change-b", 1, 1, nil)
	c.ProduceEach(t, "change-b", 7)
	commits := map[string]map[int32]int64{"change-a": {0: 15}, "change-b": {0: 3}}
	c.Commit(t, "change-stays", commits)
	c.Commit(t, "change-goes", commits)

	w := watch(t, c.Brokers(), func(points) error { return nil }, func(cfg *receiver.Config) {
		cfg.TopicMatch, cfg.GroupMatch = "^change-", "^change-"
	})
	w.hold()
	before := w.step()
	assertLag(t, before, points{
		"change-stays change-a 0": 5, "change-stays change-b 0": 4,
		"change-goes change-a 0": 5, "change-goes change-b 0": 4,
	})

	t.Run("a topic is created anew", func(t *testing.T) {
		c.DeleteTopic(t, "change-a")
		c.CreateTopic(t, "change-a", 1, 1, nil)
		c.ProduceEach(t, "change-a", 3)
		got := w.step()
		assert.EqualValues(t, 3, got["kafka.partition.current_offset change-a 0"])
		// Kafka forgets what was committed in a topic that it deletes.
		assertLag(t, got, points{"change-stays change-b 0": 4, "change-goes change-b 0": 4})
		assert.Zero(t, w.anomalies("committed_beyond_end"))

		// A consumer that did not notice commits where it was.
		c.Commit(t, "change-stays", map[string]map[int32]int64{"change-a": {0: 15}})
		got = w.step()
		assert.EqualValues(t, 15, got["kafka.consumer_group.offset change-stays change-a 0"])
		assert.EqualValues(t, 0, got["kafka.consumer_group.lag_sum change-stays change-a"])
		assertLag(t, got, points{
			"change-stays change-a 0": 0, "change-stays change-b 0": 4, "change-goes change-b 0": 4,
		})
		assert.EqualValues(t, 1, w.anomalies("committed_beyond_end"))
	})
	t.Run("partitions are added", func(t *testing.T) {
		c.AddPartitions(t, "change-b", 3)
		c.ProduceEach(t, "change-b", 0, 0, 9)
		got := w.step()
		assert.EqualValues(t, 3, got["kafka.topic.partitions change-b"])
		assert.EqualValues(t, 0, got["kafka.partition.current_offset change-b 1"])
		assert.EqualValues(t, 9, got["kafka.partition.current_offset change-b 2"])
		assert.EqualValues(t, 4, got["kafka.consumer_group.lag_sum change-stays change-b"], "nothing is committed in the new ones")
	})
	t.Run("a group is deleted", func(t *testing.T) {
		c.DeleteGroup(t, "change-goes")
		got := w.step()
		for n := range got {
			assert.NotContains(t, n, "change-goes")
		}
		assertLag(t, got, points{"change-stays change-a 0": 0, "change-stays change-b 0": 4})
	})
	t.Run("a topic is deleted", func(t *testing.T) {
		c.DeleteTopic(t, "change-a")
		for n := range w.step() {
			assert.NotContains(t, n, "change-a")
		}
	})
	require.Equal(t, []string{"warn: Groups have committed beyond the end of a partition: their lag there is 0"}, w.complaints())
}

// assertLag holds all lag of a scrape against what it should be.
func assertLag(t *testing.T, got, want points) {
	t.Helper()
	lag := points{}
	for _, n := range got.of("kafka.consumer_group.lag") {
		lag[n[len("kafka.consumer_group.lag "):]] = got[n]
	}
	assert.Equal(t, want, lag)
}
