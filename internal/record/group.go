// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import "github.com/kafkalag/kafkalagreceiver/internal/cluster"

// group records a group as its coordinator lists and describes it.
func (r *Recorder) group(g *cluster.Group) {
	r.mb.RecordKafkaConsumerGroupInfoDataPoint(r.ts, 1, g.Name, g.State, g.Type, g.Protocol, brokerID(g.Coordinator))
	switch {
	case !g.Described:
	case g.Type == cluster.TypeShare:
		r.mb.RecordKafkaShareGroupMembersDataPoint(r.ts, int64(g.Members), g.Name)
	default:
		r.mb.RecordKafkaConsumerGroupMembersDataPoint(r.ts, int64(g.Members), g.Name)
		r.mb.RecordKafkaConsumerGroupRebalancingDataPoint(r.ts, oneIf(g.Rebalancing), g.Name)
	}
	if g.EpochKnown {
		r.mb.RecordKafkaConsumerGroupEpochDataPoint(r.ts, int64(g.Epoch), g.Name)
	}
	for _, a := range g.Assigned {
		r.mb.RecordKafkaConsumerGroupTopicMembersDataPoint(r.ts, int64(a.Members), g.Name, a.Topic)
		r.mb.RecordKafkaConsumerGroupAssignedPartitionsDataPoint(r.ts, int64(len(a.Partitions)), g.Name, a.Topic)
		for i, owner := range a.Owners {
			r.owner(g.Name, a.Topic, a.Partitions[i], owner)
		}
	}
}

// owner records whom a partition is assigned to. The id of a member is no attribute of
// it: a new one comes with each restart.
func (r *Recorder) owner(group, topic string, partition int32, m *cluster.Member) {
	if m != nil {
		r.mb.RecordKafkaConsumerGroupPartitionOwnerDataPoint(r.ts, 1, group, topic, int64(partition), m.ClientID, m.Host, m.InstanceID)
	}
}
