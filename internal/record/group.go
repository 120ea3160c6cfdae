// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// group records a group as its coordinator lists and describes it.
func (r *Recorder) group(g *cluster.Group) {
	r.mb.RecordKafkaConsumerGroupInfoDataPoint(r.ts, 1, g.Name, g.State, g.Type, g.Protocol, brokerID(g.Coordinator))
	if g.Described {
		r.description(g)
	}
	for _, a := range g.Assigned {
		r.mb.RecordKafkaConsumerGroupTopicMembersDataPoint(r.ts, int64(a.Members), g.Name, a.Topic)
		r.mb.RecordKafkaConsumerGroupAssignedPartitionsDataPoint(r.ts, int64(len(a.Partitions)), g.Name, a.Topic)
		for i, owner := range a.Owners {
			r.owner(g.Name, a.Topic, a.Partitions[i], owner)
		}
	}
}

// description records what the members of a group are, and what they have to do.
func (r *Recorder) description(g *cluster.Group) {
	switch g.Type {
	case cluster.TypeShare:
		r.mb.RecordKafkaShareGroupMembersDataPoint(r.ts, int64(g.Members), g.Name)
	case cluster.TypeStreams:
		r.mb.RecordKafkaConsumerGroupRebalancingDataPoint(r.ts, oneIf(g.Rebalancing), g.Name)
		r.mb.RecordKafkaStreamsGroupMembersDataPoint(r.ts, int64(g.Members), g.Name)
		r.mb.RecordKafkaStreamsGroupEpochDataPoint(r.ts, int64(g.Epoch), g.Name)
		r.mb.RecordKafkaStreamsGroupTasksDataPoint(r.ts, int64(g.Tasks.Active), g.Name, metadata.AttributeTaskKindActive)
		r.mb.RecordKafkaStreamsGroupTasksDataPoint(r.ts, int64(g.Tasks.Standby), g.Name, metadata.AttributeTaskKindStandby)
		r.mb.RecordKafkaStreamsGroupTasksDataPoint(r.ts, int64(g.Tasks.Warmup), g.Name, metadata.AttributeTaskKindWarmup)
	default:
		r.mb.RecordKafkaConsumerGroupRebalancingDataPoint(r.ts, oneIf(g.Rebalancing), g.Name)
		r.mb.RecordKafkaConsumerGroupMembersDataPoint(r.ts, int64(g.Members), g.Name)
		if g.EpochKnown {
			r.mb.RecordKafkaConsumerGroupEpochDataPoint(r.ts, int64(g.Epoch), g.Name)
		}
	}
}

// owner records whom a partition is assigned to. The id of a member is no attribute of
// it: a new one comes with each restart.
func (r *Recorder) owner(group, topic string, partition int32, m *cluster.Member) {
	r.mb.RecordKafkaConsumerGroupPartitionOwnerDataPoint(r.ts, 1, group, topic, int64(partition), m.ClientID, m.Host, m.InstanceID)
}
