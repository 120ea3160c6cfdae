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
		Describe: on.KafkaConsumerGroupMembers.Enabled || on.KafkaConsumerGroupInfo.Enabled,
		Ends:     extent(on.KafkaPartitionCurrentOffset.Enabled, needsLag(on)),
		Starts:   extent(on.KafkaPartitionOldestOffset.Enabled, on.KafkaConsumerGroupExpired.Enabled),
	}
	if ask.Commits || ask.Describe {
		ask.Group = newFilter(cfg.GroupMatch, cfg.GroupExclude).wants
	}
	return ask
}

// extent is where a bound of the logs is needed: of all partitions for a metric
// of their own, or of those in use for a metric of the groups.
func extent(ofPartitions, ofGroups bool) kafka.Extent {
	switch {
	case ofPartitions:
		return kafka.Everywhere
	case ofGroups:
		return kafka.WhereCommitted
	}
	return kafka.Nowhere
}

func needsLag(on metadata.MetricsConfig) bool {
	return on.KafkaConsumerGroupLag.Enabled ||
		on.KafkaConsumerGroupLagSum.Enabled ||
		on.KafkaConsumerGroupLagMax.Enabled
}

func needsCommits(on metadata.MetricsConfig) bool {
	return needsLag(on) ||
		on.KafkaConsumerGroupOffset.Enabled ||
		on.KafkaConsumerGroupOffsetSum.Enabled ||
		on.KafkaConsumerGroupExpired.Enabled
}
