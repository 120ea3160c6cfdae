// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// snapshotRequest returns what has to be asked for the enabled metrics, and no more.
// Brokers and partitions come with the metadata, which every scrape needs.
func snapshotRequest(cfg *Config) snapshot.Request {
	on := cfg.Metrics
	ask := snapshot.Request{
		Topic:           newFilter(cfg.TopicMatch, cfg.TopicExclude).matches,
		States:          cfg.GroupStates,
		Types:           cfg.GroupTypes,
		MaxGroups:       cfg.MaxGroups,
		Commits:         needsCommits(on),
		Assignments:     needsAssignments(on),
		Share:           needsShare(on),
		DescribeShare:   on.KafkaShareGroupMembers.Enabled,
		Owners:          on.KafkaConsumerGroupPartitionOwner.Enabled,
		Describe:        needsDescription(on),
		DescribeStreams: needsStreamsDescription(on),
		Ends:            extent(needsEnds(cfg), needsLag(on) || needsShareTimeLag(on)),
		Starts:          extent(on.KafkaPartitionOldestOffset.Enabled, on.KafkaConsumerGroupExpired.Enabled || needsTimeLag(on)),
		Committed:       cfg.IsolationLevel == readCommitted,
		Transactions:    needsTransactions(on),
		MinInSync:       needsMinInSync(on),
		EligibleLeaders: on.KafkaPartitionEligibleLeaderReplicas.Enabled,
		TopicRetention:  on.KafkaTopicLogRetentionPeriod.Enabled || on.KafkaTopicLogRetentionSize.Enabled,
		BrokerRetention: on.KafkaBrokerLogRetentionPeriod.Enabled,
		Reassignments:   on.KafkaPartitionUnderReplicated.Enabled || on.KafkaPartitionReassigning.Enabled,
		Deletion:        on.KafkaConsumerGroupRetentionMargin.Enabled,
		LogDirs:         needsLogDirs(on),
		Sizes:           on.KafkaPartitionSize.Enabled,
		Quorum:          needsQuorum(on),
	}
	ask.DeletionBySize = ask.Deletion && cfg.RetentionMarginBySize
	if cfg.OnlyAssignedPartitions && ask.Commits {
		ask.Describe, ask.DescribeStreams, ask.Assignments = true, true, true
	}
	if ask.Commits || ask.Describe || ask.DescribeStreams || ask.Share || ask.DescribeShare {
		ask.Group = newFilter(cfg.GroupMatch, cfg.GroupExclude).matches
	}
	return ask
}

// extent is where a bound of the logs is needed: of all partitions for a metric
// of their own, or of those in use for a metric of the groups.
func extent(ofPartitions, ofGroups bool) snapshot.PartitionScope {
	switch {
	case ofPartitions:
		return snapshot.Everywhere
	case ofGroups:
		return snapshot.WhereCommitted
	}
	return snapshot.Nowhere
}

func needsLag(on metadata.MetricsConfig) bool {
	return on.KafkaConsumerGroupLag.Enabled ||
		on.KafkaConsumerGroupLagSum.Enabled ||
		on.KafkaConsumerGroupLagMax.Enabled ||
		on.KafkaConsumerGroupGroupLagSum.Enabled ||
		needsConsumerTimeLag(on) || needsStatus(on) || needsProgress(on)
}

// needsEnds reports whether a metric needs the ends of all partitions.
func needsEnds(cfg *Config) bool {
	return cfg.Metrics.KafkaPartitionCurrentOffset.Enabled ||
		cfg.Metrics.KafkaPartitionProduceRate.Enabled ||
		needsTransactions(cfg.Metrics) ||
		needsZooKeeperLag(cfg)
}

func needsTransactions(on metadata.MetricsConfig) bool {
	return on.KafkaPartitionLastStableOffsetGap.Enabled || on.KafkaPartitionOpenTransactionAge.Enabled
}

// needsSearch reports whether a metric needs records to be dated.
func needsSearch(on metadata.MetricsConfig) bool {
	return needsTimeLag(on) || on.KafkaPartitionOpenTransactionAge.Enabled
}

func needsTimeLag(on metadata.MetricsConfig) bool {
	return needsConsumerTimeLag(on) || needsShareTimeLag(on)
}

func needsShareTimeLag(on metadata.MetricsConfig) bool {
	return on.KafkaShareGroupTimeLag.Enabled || on.KafkaShareGroupTimeLagMax.Enabled
}

func needsConsumerTimeLag(on metadata.MetricsConfig) bool {
	return on.KafkaConsumerGroupTimeLag.Enabled ||
		on.KafkaConsumerGroupTimeLagMax.Enabled ||
		on.KafkaConsumerGroupGroupTimeLagMax.Enabled ||
		on.KafkaConsumerGroupRetentionMargin.Enabled
}

func needsShare(on metadata.MetricsConfig) bool {
	return on.KafkaShareGroupLag.Enabled || on.KafkaShareGroupLagSum.Enabled || on.KafkaShareGroupLagMax.Enabled ||
		on.KafkaShareGroupStartOffset.Enabled || on.KafkaShareGroupStalledTime.Enabled || needsShareTimeLag(on)
}

func needsStatus(on metadata.MetricsConfig) bool {
	return on.KafkaConsumerGroupStatus.Enabled || on.KafkaConsumerGroupPartitionStatus.Enabled
}

func needsProgress(on metadata.MetricsConfig) bool {
	return on.KafkaConsumerGroupCommitAge.Enabled ||
		on.KafkaConsumerGroupStalledTime.Enabled ||
		on.KafkaConsumerGroupDrainTime.Enabled ||
		on.KafkaConsumerGroupCatchUpTime.Enabled ||
		on.KafkaConsumerGroupConsumeRate.Enabled
}

func needsDescription(on metadata.MetricsConfig) bool {
	return needsAssignments(on) ||
		on.KafkaConsumerGroupMembers.Enabled ||
		on.KafkaConsumerGroupInfo.Enabled ||
		on.KafkaConsumerGroupEpoch.Enabled ||
		on.KafkaConsumerGroupRebalancing.Enabled
}

func needsStreamsDescription(on metadata.MetricsConfig) bool {
	return needsAssignments(on) ||
		on.KafkaStreamsGroupMembers.Enabled ||
		on.KafkaStreamsGroupEpoch.Enabled ||
		on.KafkaStreamsGroupTasks.Enabled ||
		on.KafkaConsumerGroupRebalancing.Enabled
}

func needsAssignments(on metadata.MetricsConfig) bool {
	return on.KafkaConsumerGroupAssignedPartitions.Enabled ||
		on.KafkaConsumerGroupTopicMembers.Enabled ||
		on.KafkaConsumerGroupPartitionOwner.Enabled
}

func needsCommits(on metadata.MetricsConfig) bool {
	return needsLag(on) ||
		on.KafkaConsumerGroupOffset.Enabled ||
		on.KafkaConsumerGroupOffsetSum.Enabled ||
		on.KafkaConsumerGroupExpired.Enabled
}

func needsMinInSync(on metadata.MetricsConfig) bool {
	return on.KafkaTopicMinInsyncReplicas.Enabled ||
		on.KafkaPartitionUnderMinIsr.Enabled ||
		on.KafkaPartitionEligibleLeaderReplicas.Enabled
}

func needsLogDirs(on metadata.MetricsConfig) bool {
	return on.KafkaBrokerLogDirOffline.Enabled ||
		on.KafkaBrokerLogDirCordoned.Enabled ||
		on.KafkaBrokerLogDirSize.Enabled ||
		on.KafkaBrokerLogDirTotal.Enabled ||
		on.KafkaBrokerLogDirUsable.Enabled
}

func needsQuorum(on metadata.MetricsConfig) bool {
	return on.KafkaQuorumEpoch.Enabled ||
		on.KafkaQuorumLeader.Enabled ||
		on.KafkaQuorumVoters.Enabled ||
		on.KafkaQuorumObservers.Enabled ||
		on.KafkaQuorumReplicaLag.Enabled ||
		on.KafkaQuorumReplicaLastCaughtUpAge.Enabled ||
		on.KafkaQuorumReplicaLastFetchAge.Enabled
}

func needsZooKeeperLag(cfg *Config) bool {
	return readsZooKeeper(cfg) && cfg.Metrics.KafkaConsumerGroupZookeeperLag.Enabled
}

// readsZooKeeper reports whether ZooKeeper is known and wanted.
func readsZooKeeper(cfg *Config) bool {
	return len(cfg.ZooKeeper.Servers) > 0 &&
		(cfg.Metrics.KafkaConsumerGroupZookeeperOffset.Enabled || cfg.Metrics.KafkaConsumerGroupZookeeperLag.Enabled)
}
