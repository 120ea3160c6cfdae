// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"github.com/kafkalag/kafkalagreceiver/internal/kafka"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// questionsOf returns what has to be asked for the enabled metrics, and no more.
// Brokers and partitions come with the metadata, which every scrape needs.
func questionsOf(cfg *Config) kafka.Questions {
	on := cfg.Metrics
	ask := kafka.Questions{
		Topic:    newFilter(cfg.TopicMatch, cfg.TopicExclude).wants,
		Commits:  needsCommits(on),
		Describe: needsAssignments(on) || on.KafkaConsumerGroupMembers.Enabled || on.KafkaConsumerGroupInfo.Enabled,
		Ends:     on.KafkaPartitionCurrentOffset.Enabled || needsLag(on),
		Starts:   on.KafkaPartitionOldestOffset.Enabled || on.KafkaConsumerGroupExpired.Enabled || needsDates(on),

		Assignments: needsAssignments(on),
	}
	if ask.Commits || ask.Describe {
		ask.Group = newFilter(cfg.GroupMatch, cfg.GroupExclude).wants
	}
	return ask
}

func needsLag(on metadata.MetricsConfig) bool {
	return on.KafkaConsumerGroupLag.Enabled ||
		on.KafkaConsumerGroupLagSum.Enabled ||
		on.KafkaConsumerGroupLagMax.Enabled ||
		needsDates(on) || needsStatus(on)
}

func needsDates(on metadata.MetricsConfig) bool {
	return on.KafkaConsumerGroupTimeLag.Enabled || on.KafkaConsumerGroupTimeLagMax.Enabled
}

func needsStatus(on metadata.MetricsConfig) bool {
	return on.KafkaConsumerGroupStatus.Enabled || on.KafkaConsumerGroupPartitionStatus.Enabled
}

func needsAssignments(on metadata.MetricsConfig) bool {
	return on.KafkaConsumerGroupAssignedPartitions.Enabled || on.KafkaConsumerGroupTopicMembers.Enabled
}

func needsCommits(on metadata.MetricsConfig) bool {
	return needsLag(on) ||
		on.KafkaConsumerGroupOffset.Enabled ||
		on.KafkaConsumerGroupOffsetSum.Enabled ||
		on.KafkaConsumerGroupExpired.Enabled
}
