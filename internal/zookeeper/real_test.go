// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package zookeeper

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func TestIntegrationOffsets(t *testing.T) {
	kafka := kafkatest.Shared(t, kafkatest.Options{Version: "2.8.2"})
	kafka.CommitToZooKeeper(t, "b", map[string]map[int32]int64{"orders": {1: 7, 0: 3, 10: 0}, "secret": {0: 1}, "users": {0: 5}})
	kafka.CommitToZooKeeper(t, "a", map[string]map[int32]int64{"orders": {0: 1 << 40}})
	kafka.CommitToZooKeeper(t, "unwanted", map[string]map[int32]int64{"orders": {0: 1}})
	kafka.CommitToZooKeeper(t, "elsewhere", map[string]map[int32]int64{"secret": {0: 1}})

	r := newReader(t, kafka.ZooKeeper())
	groups, failures := r.Groups(t.Context(), except("unwanted"), except("secret"))
	assert.Empty(t, failures)
	assert.Equal(t, []*cluster.Group{
		{Name: "a", Coordinator: cluster.NoBroker, CommitsKnown: true, Commits: []cluster.TopicCommits{
			{Topic: "orders", Partitions: []cluster.Commit{{Partition: 0, Offset: 1 << 40}}},
		}},
		{Name: "b", Coordinator: cluster.NoBroker, CommitsKnown: true, Commits: []cluster.TopicCommits{
			{Topic: "orders", Partitions: []cluster.Commit{{Partition: 0, Offset: 3}, {Partition: 1, Offset: 7}, {Partition: 10, Offset: 0}}},
			{Topic: "users", Partitions: []cluster.Commit{{Partition: 0, Offset: 5}}},
		}},
	}, groups)
	again, failures := r.Groups(t.Context(), except("unwanted"), except("secret"))
	assert.Empty(t, failures)
	assert.Equal(t, groups, again)
}

func TestIntegrationChroot(t *testing.T) {
	kafka := kafkatest.Shared(t, kafkatest.Options{Version: "2.8.2"})
	kafka.CommitToZooKeeper(t, "inner/consumers/deep", map[string]map[int32]int64{"orders": {0: 3}})
	read := func(chroot string) ([]*cluster.Group, []cluster.Failure) {
		r := newReader(t, kafka.ZooKeeper())
		r.cfg.Chroot = chroot
		return r.Groups(t.Context(), except(), except())
	}
	groups, failures := read("/consumers/inner")
	assert.Empty(t, failures)
	require.Len(t, groups, 1)
	assert.Equal(t, "deep", groups[0].Name)

	groups, failures = read("/nowhere")
	assert.Empty(t, groups)
	require.Len(t, failures, 1)
	assert.Equal(t, "NO_NODE", failures[0].Code)
	assert.Equal(t, "there is no /consumers: check zookeeper.chroot", failures[0].Cause)
	assert.ErrorContains(t, failures[0].Err, "/nowhere/consumers")
}

// The old consumer itself, which Kafka had up to 1.1.
func TestIntegrationOldConsumer(t *testing.T) {
	kafka := kafkatest.Shared(t, kafkatest.Options{Version: "0.10.2.2"})
	kafka.CreateTopic(t, "orders", 1, 1, nil)
	kafka.ProduceEach(t, "orders", 10)
	out := kafka.Tool(t, "kafka.tools.ConsoleConsumer", "--zookeeper", kafka.ZooKeeper(), "--topic", "orders",
		"--from-beginning", "--max-messages", "7", "--consumer-property", "group.id=old")
	require.Equal(t, 7, strings.Count(out, "v"), out)

	groups, failures := newReader(t, kafka.ZooKeeper()).Groups(t.Context(), except(), except())
	assert.Empty(t, failures)
	assert.Equal(t, []*cluster.Group{
		{Name: "old", Coordinator: cluster.NoBroker, CommitsKnown: true, Commits: []cluster.TopicCommits{
			{Topic: "orders", Partitions: []cluster.Commit{{Partition: 0, Offset: 7}}},
		}},
	}, groups)
}
