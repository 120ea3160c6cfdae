// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

func TestSnapshotRequest(t *testing.T) {
	type asked struct {
		groups, commits, describe bool
		ends, starts              snapshot.PartitionScope
		assignments               bool
	}
	for name, tt := range map[string]struct {
		enable func(*metadata.MetricsConfig)
		want   asked
	}{
		"nothing":    {func(*metadata.MetricsConfig) {}, asked{}},
		"everything": {func(on *metadata.MetricsConfig) { *on = metadata.DefaultMetricsConfig() }, asked{true, true, true, snapshot.Everywhere, snapshot.Everywhere, false}},
		"brokers":    {func(on *metadata.MetricsConfig) { on.KafkaBrokers.Enabled = true }, asked{}},
		"partitions": {func(on *metadata.MetricsConfig) { on.KafkaPartitionLeader.Enabled = true }, asked{}},
		"current_offset": {
			func(on *metadata.MetricsConfig) { on.KafkaPartitionCurrentOffset.Enabled = true },
			asked{ends: snapshot.Everywhere},
		},
		"oldest_offset": {
			func(on *metadata.MetricsConfig) { on.KafkaPartitionOldestOffset.Enabled = true },
			asked{starts: snapshot.Everywhere},
		},
		"members": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupMembers.Enabled = true },
			asked{groups: true, describe: true},
		},
		"info": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupInfo.Enabled = true },
			asked{groups: true, describe: true},
		},
		"epoch": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupEpoch.Enabled = true },
			asked{groups: true, describe: true},
		},
		"rebalancing": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupRebalancing.Enabled = true },
			asked{groups: true, describe: true},
		},
		"offset": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupOffset.Enabled = true },
			asked{groups: true, commits: true},
		},
		"offset_sum": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupOffsetSum.Enabled = true },
			asked{groups: true, commits: true},
		},
		"lag": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupLag.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted},
		},
		"lag_sum": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupLagSum.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted},
		},
		"lag_max": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupLagMax.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted},
		},
		"group_lag_sum": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupGroupLagSum.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted},
		},
		"group_time_lag_max": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupGroupTimeLagMax.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted, starts: snapshot.WhereCommitted},
		},
		"time_lag": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupTimeLag.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted, starts: snapshot.WhereCommitted},
		},
		"time_lag_max": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupTimeLagMax.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted, starts: snapshot.WhereCommitted},
		},
		"status": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupStatus.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted},
		},
		"partition_status": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupPartitionStatus.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted},
		},
		"commit_age": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupCommitAge.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted},
		},
		"stalled_time": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupStalledTime.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted},
		},
		"drain_time": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupDrainTime.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted},
		},
		"catch_up_time": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupCatchUpTime.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted},
		},
		"consume_rate": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupConsumeRate.Enabled = true },
			asked{groups: true, commits: true, ends: snapshot.WhereCommitted},
		},
		"topic_members": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupTopicMembers.Enabled = true },
			asked{groups: true, describe: true, assignments: true},
		},
		"assigned_partitions": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupAssignedPartitions.Enabled = true },
			asked{groups: true, describe: true, assignments: true},
		},
		"expired": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupExpired.Enabled = true },
			asked{groups: true, commits: true, starts: snapshot.WhereCommitted},
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := newConfig()
			cfg.Metrics = metadata.MetricsConfig{}
			tt.enable(&cfg.Metrics)
			ask := snapshotRequest(cfg)
			assert.Equal(t, tt.want, asked{ask.Group != nil, ask.Commits, ask.Describe, ask.Ends, ask.Starts, ask.Assignments})
			assert.NotNil(t, ask.Topic)
		})
	}
}

// What is off by default asks for its own and nothing else.
func TestSnapshotRequestOfOptionalMetrics(t *testing.T) {
	zookeeper := func(cfg *Config) { cfg.ZooKeeper.Servers = []string{"z:2181"} }
	for name, tt := range map[string]struct {
		enable func(*metadata.MetricsConfig)
		change func(*Config)
		want   snapshot.Request
	}{
		"broker retention": {enable: func(on *metadata.MetricsConfig) { on.KafkaBrokerLogRetentionPeriod.Enabled = true }, want: snapshot.Request{BrokerRetention: true}},
		"retention period": {enable: func(on *metadata.MetricsConfig) { on.KafkaTopicLogRetentionPeriod.Enabled = true }, want: snapshot.Request{TopicRetention: true}},
		"retention size":   {enable: func(on *metadata.MetricsConfig) { on.KafkaTopicLogRetentionSize.Enabled = true }, want: snapshot.Request{TopicRetention: true}},
		"min in sync":      {enable: func(on *metadata.MetricsConfig) { on.KafkaTopicMinInsyncReplicas.Enabled = true }, want: snapshot.Request{MinInSync: true}},
		"retention margin": {
			enable: func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupRetentionMargin.Enabled = true },
			want:   snapshot.Request{Commits: true, Ends: snapshot.WhereCommitted, Starts: snapshot.WhereCommitted, Deletion: true},
		},
		"retention margin by size": {
			enable: func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupRetentionMargin.Enabled = true },
			change: func(cfg *Config) { cfg.RetentionMarginBySize = true },
			want:   snapshot.Request{Commits: true, Ends: snapshot.WhereCommitted, Starts: snapshot.WhereCommitted, Deletion: true, DeletionBySize: true},
		},
		"retention margin by size, but no margin": {
			enable: func(*metadata.MetricsConfig) {},
			change: func(cfg *Config) { cfg.RetentionMarginBySize = true },
		},
		"under min ISR":      {enable: func(on *metadata.MetricsConfig) { on.KafkaPartitionUnderMinIsr.Enabled = true }, want: snapshot.Request{MinInSync: true}},
		"replication factor": {enable: func(on *metadata.MetricsConfig) { on.KafkaTopicReplicationFactor.Enabled = true }},
		"partition size":     {enable: func(on *metadata.MetricsConfig) { on.KafkaPartitionSize.Enabled = true }, want: snapshot.Request{Sizes: true}},
		"log dir size":       {enable: func(on *metadata.MetricsConfig) { on.KafkaBrokerLogDirSize.Enabled = true }, want: snapshot.Request{LogDirs: true}},
		"log dir total":      {enable: func(on *metadata.MetricsConfig) { on.KafkaBrokerLogDirTotal.Enabled = true }, want: snapshot.Request{LogDirs: true}},
		"log dir usable":     {enable: func(on *metadata.MetricsConfig) { on.KafkaBrokerLogDirUsable.Enabled = true }, want: snapshot.Request{LogDirs: true}},
		"partition owner": {
			enable: func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupPartitionOwner.Enabled = true },
			want:   snapshot.Request{Describe: true, DescribeStreams: true, Assignments: true, Owners: true},
		},
		"last stable offset gap":            {enable: func(on *metadata.MetricsConfig) { on.KafkaPartitionLastStableOffsetGap.Enabled = true }, want: snapshot.Request{Ends: snapshot.Everywhere, Transactions: true}},
		"open transaction age":              {enable: func(on *metadata.MetricsConfig) { on.KafkaPartitionOpenTransactionAge.Enabled = true }, want: snapshot.Request{Ends: snapshot.Everywhere, Transactions: true}},
		"produce rate":                      {enable: func(on *metadata.MetricsConfig) { on.KafkaPartitionProduceRate.Enabled = true }, want: snapshot.Request{Ends: snapshot.Everywhere}},
		"zookeeper lag":                     {enable: func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupZookeeperLag.Enabled = true }, change: zookeeper, want: snapshot.Request{Ends: snapshot.Everywhere}},
		"zookeeper offset":                  {enable: func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupZookeeperOffset.Enabled = true }, change: zookeeper},
		"zookeeper lag without a zookeeper": {enable: func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupZookeeperLag.Enabled = true }},
		"assigned partitions": {
			enable: func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupOffset.Enabled = true },
			change: func(cfg *Config) { cfg.OnlyAssignedPartitions = true },
			want:   snapshot.Request{Commits: true, Describe: true, DescribeStreams: true, Assignments: true},
		},
		"assigned partitions, but no group": {
			enable: func(*metadata.MetricsConfig) {},
			change: func(cfg *Config) { cfg.OnlyAssignedPartitions = true },
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := newConfig()
			cfg.Metrics = metadata.MetricsConfig{}
			tt.enable(&cfg.Metrics)
			if tt.change != nil {
				tt.change(cfg)
			}
			ask := snapshotRequest(cfg)
			ask.Topic, ask.Group = nil, nil
			assert.Equal(t, tt.want, ask)
		})
	}
}

func TestSnapshotRequestHasTheFilters(t *testing.T) {
	cfg := newConfig()
	cfg.TopicMatch, cfg.TopicExclude = "^orders", "-dlq$"
	cfg.GroupMatch, cfg.GroupExclude = "^billing", "-test$"
	ask := snapshotRequest(cfg)
	assert.True(t, ask.Topic("orders"))
	assert.False(t, ask.Topic("orders-dlq"))
	assert.False(t, ask.Topic("billing"))
	assert.True(t, ask.Group("billing"))
	assert.False(t, ask.Group("billing-test"))
	assert.False(t, ask.Group("orders"))
}

func TestFilter(t *testing.T) {
	for name, tt := range map[string]struct {
		match, exclude, given string
		want                  bool
	}{
		"no condition":             {"", "", "a", true},
		"matched":                  {"^a", "", "ab", true},
		"not matched":              {"^a", "", "ba", false},
		"part of a name":           {"b", "", "abc", true},
		"excluded":                 {"", "b", "abc", false},
		"exclude beats match":      {"^a", "^a", "a", false},
		"default, internal topic":  {`^[^_].*$`, "", "__consumer_offsets", false},
		"default, topic":           {`^[^_].*$`, "", "orders", true},
		"default, one-letter name": {`^[^_].*$`, "", "o", true},
		"matches nothing":          {`^$`, "", "orders", false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, newFilter(tt.match, tt.exclude).matches(tt.given))
		})
	}
}
