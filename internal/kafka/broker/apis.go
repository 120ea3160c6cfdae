// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

// Kafka's names of the requests that are sent.
const (
	APIMetadata              = "Metadata"
	APIListGroups            = "ListGroups"
	APIOffsetFetch           = "OffsetFetch"
	APIListOffsets           = "ListOffsets"
	APIDescribeGroups        = "DescribeGroups"
	APIConsumerGroupDescribe = "ConsumerGroupDescribe"
	APIShareGroupDescribe    = "ShareGroupDescribe"
	APIStreamsGroupDescribe  = "StreamsGroupDescribe"
	APIDescribeConfigs       = "DescribeConfigs"
	APIDescribeLogDirs       = "DescribeLogDirs"
	APIDescribeQuorum        = "DescribeQuorum"

	APIFindCoordinator = "FindCoordinator"

	APIDescribeTopicPartitions    = "DescribeTopicPartitions"
	APIDescribeShareGroupOffsets  = "DescribeShareGroupOffsets"
	APIListPartitionReassignments = "ListPartitionReassignments"

	// Those of the probe.
	APIProduce      = "Produce"
	APIFetch        = "Fetch"
	APICreateTopics = "CreateTopics"
	APIOffsetCommit = "OffsetCommit"
)
