// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

func TestQuestionsOf(t *testing.T) {
	type asked struct {
		groups, commits, describe bool
		ends, starts              kafka.Extent
	}
	for name, tt := range map[string]struct {
		enable func(*metadata.MetricsConfig)
		want   asked
	}{
		"nothing":    {func(*metadata.MetricsConfig) {}, asked{}},
		"everything": {func(on *metadata.MetricsConfig) { *on = metadata.DefaultMetricsConfig() }, asked{true, true, true, kafka.Everywhere, kafka.Everywhere}},
		"brokers":    {func(on *metadata.MetricsConfig) { on.KafkaBrokers.Enabled = true }, asked{}},
		"partitions": {func(on *metadata.MetricsConfig) { on.KafkaPartitionLeader.Enabled = true }, asked{}},
		"current_offset": {
			func(on *metadata.MetricsConfig) { on.KafkaPartitionCurrentOffset.Enabled = true },
			asked{ends: kafka.Everywhere},
		},
		"oldest_offset": {
			func(on *metadata.MetricsConfig) { on.KafkaPartitionOldestOffset.Enabled = true },
			asked{starts: kafka.Everywhere},
		},
		"members": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupMembers.Enabled = true },
			asked{groups: true, describe: true},
		},
		"info": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupInfo.Enabled = true },
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
			asked{groups: true, commits: true, ends: kafka.WhereCommitted},
		},
		"lag_sum": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupLagSum.Enabled = true },
			asked{groups: true, commits: true, ends: kafka.WhereCommitted},
		},
		"lag_max": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupLagMax.Enabled = true },
			asked{groups: true, commits: true, ends: kafka.WhereCommitted},
		},
		"expired": {
			func(on *metadata.MetricsConfig) { on.KafkaConsumerGroupExpired.Enabled = true },
			asked{groups: true, commits: true, starts: kafka.WhereCommitted},
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := newConfig()
			cfg.Metrics = metadata.MetricsConfig{}
			tt.enable(&cfg.Metrics)
			ask := questionsOf(cfg)
			assert.Equal(t, tt.want, asked{ask.Group != nil, ask.Commits, ask.Describe, ask.Ends, ask.Starts})
			assert.NotNil(t, ask.Topic)
		})
	}
}

func TestQuestionsOfHasTheFilters(t *testing.T) {
	cfg := newConfig()
	cfg.TopicMatch, cfg.TopicExclude = "^orders", "-dlq$"
	cfg.GroupMatch, cfg.GroupExclude = "^billing", "-test$"
	ask := questionsOf(cfg)
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
			assert.Equal(t, tt.want, newFilter(tt.match, tt.exclude).wants(tt.given))
		})
	}
}
