// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// group records a group as its coordinator lists and describes it.
func (w *worker) group(g *cluster.Group) {
	w.mb.RecordKafkaConsumerGroupInfoDataPoint(w.ts, 1, g.Name, g.State, g.Type, g.Protocol, brokerID(g.Coordinator))
	if g.Described {
		w.description(g)
	}
	for _, a := range g.Assigned {
		w.mb.RecordKafkaConsumerGroupTopicMembersDataPoint(w.ts, int64(a.Members), g.Name, a.Topic)
		w.mb.RecordKafkaConsumerGroupAssignedPartitionsDataPoint(w.ts, int64(len(a.Partitions)), g.Name, a.Topic)
		for i, owner := range a.Owners {
			w.owner(g.Name, a.Topic, a.Partitions[i], owner)
		}
	}
}

// description records what the members of a group are, and what they have to do.
func (w *worker) description(g *cluster.Group) {
	switch g.Type {
	case cluster.TypeShare:
		w.mb.RecordKafkaShareGroupMembersDataPoint(w.ts, int64(g.Members), g.Name)
	case cluster.TypeStreams:
		w.mb.RecordKafkaConsumerGroupRebalancingDataPoint(w.ts, oneIf(g.Rebalancing), g.Name)
		w.mb.RecordKafkaStreamsGroupMembersDataPoint(w.ts, int64(g.Members), g.Name)
		w.mb.RecordKafkaStreamsGroupEpochDataPoint(w.ts, int64(g.Epoch), g.Name)
		w.mb.RecordKafkaStreamsGroupTasksDataPoint(w.ts, int64(g.Tasks.Active), g.Name, metadata.AttributeTaskKindActive)
		w.mb.RecordKafkaStreamsGroupTasksDataPoint(w.ts, int64(g.Tasks.Standby), g.Name, metadata.AttributeTaskKindStandby)
		w.mb.RecordKafkaStreamsGroupTasksDataPoint(w.ts, int64(g.Tasks.Warmup), g.Name, metadata.AttributeTaskKindWarmup)
	default:
		w.mb.RecordKafkaConsumerGroupRebalancingDataPoint(w.ts, oneIf(g.Rebalancing), g.Name)
		w.mb.RecordKafkaConsumerGroupMembersDataPoint(w.ts, int64(g.Members), g.Name)
		if g.EpochKnown {
			w.mb.RecordKafkaConsumerGroupEpochDataPoint(w.ts, int64(g.Epoch), g.Name)
		}
	}
}

// owner records whom a partition is assigned to. The id of a member is no attribute of
// it: a new one comes with each restart.
func (w *worker) owner(group, topic string, partition int32, m *cluster.Member) {
	w.mb.RecordKafkaConsumerGroupPartitionOwnerDataPoint(w.ts, 1, group, topic, int64(partition), m.ClientID, m.Host, m.InstanceID)
}
