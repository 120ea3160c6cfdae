// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// Points returns how many data points of enabled metrics a scrape takes, roughly: as if all
// were known that is known as a rule. What a cluster has only once, or few partitions have,
// does not count.
func (r *Recorder) Points(s *cluster.Snapshot, report *lag.Report) int {
	on := &r.workers[0].on
	sum := topicsTake(on, s.Topics)
	for _, g := range s.Groups {
		sum += listedTakes(on, g)
	}
	return sum +
		weightsOfLag(on).of(report.Groups) +
		weightsOfShare(on).of(report.Share) +
		weightsInZooKeeper(on).of(report.ZooKeeper) +
		weights{partition: count(on.KafkaPartitionOpenTransactionAge.Enabled)}.ofTopics(report.Transactions)
}

func topicsTake(on *metadata.MetricsConfig, topics map[string]*cluster.Topic) int {
	each := count(
		on.KafkaTopicPartitions.Enabled, on.KafkaTopicReplicationFactor.Enabled, on.KafkaTopicMinInsyncReplicas.Enabled,
		on.KafkaTopicLogRetentionPeriod.Enabled, on.KafkaTopicLogRetentionSize.Enabled,
	)
	partition := count(
		on.KafkaPartitionLeader.Enabled, on.KafkaPartitionReplicas.Enabled, on.KafkaPartitionReplicasInSync.Enabled,
		on.KafkaPartitionLeaderIsPreferred.Enabled, on.KafkaPartitionUnderReplicated.Enabled, on.KafkaPartitionOffline.Enabled,
		on.KafkaPartitionCurrentOffset.Enabled, on.KafkaPartitionOldestOffset.Enabled, on.KafkaPartitionUnderMinIsr.Enabled,
		on.KafkaPartitionSize.Enabled, on.KafkaPartitionProduceRate.Enabled, on.KafkaPartitionLastStableOffsetGap.Enabled,
	)
	sum := 0
	for _, t := range topics {
		if !t.Elsewhere {
			sum += each + partition*len(t.Partitions)
		}
	}
	return sum
}

// listedTakes is how many points worker.group makes.
func listedTakes(on *metadata.MetricsConfig, g *cluster.Group) int {
	sum := count(on.KafkaConsumerGroupInfo.Enabled)
	switch {
	case !g.Described:
	case g.Type == cluster.TypeShare:
		sum += count(on.KafkaShareGroupMembers.Enabled)
	case g.Type == cluster.TypeStreams:
		const kinds = 3 // of tasks
		sum += kinds*count(on.KafkaStreamsGroupTasks.Enabled) +
			count(on.KafkaConsumerGroupRebalancing.Enabled, on.KafkaStreamsGroupMembers.Enabled, on.KafkaStreamsGroupEpoch.Enabled)
	default:
		sum += count(
			on.KafkaConsumerGroupRebalancing.Enabled, on.KafkaConsumerGroupMembers.Enabled,
			on.KafkaConsumerGroupEpoch.Enabled && g.EpochKnown,
		)
	}
	topic := count(on.KafkaConsumerGroupTopicMembers.Enabled, on.KafkaConsumerGroupAssignedPartitions.Enabled)
	owner := count(on.KafkaConsumerGroupPartitionOwner.Enabled)
	for i := range g.Assigned {
		sum += topic + owner*len(g.Assigned[i].Owners)
	}
	return sum
}

// weights is how many points a group takes, each of its topics and each of their partitions.
type weights struct{ group, topic, partition int }

func weightsOfLag(on *metadata.MetricsConfig) weights {
	return weights{
		group: count(
			on.KafkaConsumerGroupLagMax.Enabled, on.KafkaConsumerGroupGroupLagSum.Enabled,
			on.KafkaConsumerGroupGroupTimeLagMax.Enabled, on.KafkaConsumerGroupStatus.Enabled,
		),
		topic: count(
			on.KafkaConsumerGroupOffsetSum.Enabled, on.KafkaConsumerGroupLagSum.Enabled, on.KafkaConsumerGroupExpired.Enabled,
			on.KafkaConsumerGroupTimeLagMax.Enabled, on.KafkaConsumerGroupRetentionMargin.Enabled,
			on.KafkaConsumerGroupCommitAge.Enabled, on.KafkaConsumerGroupStalledTime.Enabled, on.KafkaConsumerGroupDrainTime.Enabled,
			on.KafkaConsumerGroupCatchUpTime.Enabled, on.KafkaConsumerGroupConsumeRate.Enabled,
		),
		partition: PointsPerPartition(*on),
	}
}

func weightsOfShare(on *metadata.MetricsConfig) weights {
	return weights{
		group: count(on.KafkaShareGroupLagMax.Enabled),
		topic: count(
			on.KafkaShareGroupLagSum.Enabled, on.KafkaShareGroupTimeLagMax.Enabled, on.KafkaShareGroupStalledTime.Enabled,
		),
		partition: PointsPerSharePartition(*on),
	}
}

func weightsInZooKeeper(on *metadata.MetricsConfig) weights {
	return weights{partition: count(on.KafkaConsumerGroupZookeeperOffset.Enabled, on.KafkaConsumerGroupZookeeperLag.Enabled)}
}

func (w weights) of(groups []lag.Group) int {
	sum := w.group * len(groups)
	for i := range groups {
		sum += w.ofTopics(groups[i].Topics)
	}
	return sum
}

func (w weights) ofTopics(topics []lag.Topic) int {
	sum := w.topic * len(topics)
	for i := range topics {
		sum += w.partition * len(topics[i].Partitions)
	}
	return sum
}

// PointsPerPartition is how many data points a group-partition has if everything
// about it is known.
func PointsPerPartition(on metadata.MetricsConfig) int {
	return count(
		on.KafkaConsumerGroupOffset.Enabled, on.KafkaConsumerGroupLag.Enabled,
		on.KafkaConsumerGroupTimeLag.Enabled, on.KafkaConsumerGroupPartitionStatus.Enabled,
	)
}

// PointsPerSharePartition is how many data points a partition of a share group has if
// everything about it is known.
func PointsPerSharePartition(on metadata.MetricsConfig) int {
	return count(on.KafkaShareGroupStartOffset.Enabled, on.KafkaShareGroupLag.Enabled, on.KafkaShareGroupTimeLag.Enabled)
}

// count returns how many metrics are enabled.
func count(enabled ...bool) int {
	n := 0
	for _, one := range enabled {
		if one {
			n++
		}
	}
	return n
}
