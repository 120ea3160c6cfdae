// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"maps"
	"slices"
	"strconv"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// groupLag records the metrics of a group with committed offsets, of its topics and of its
// partitions.
func (w *worker) groupLag(g *lag.Group) {
	if w.known(g.LagMax, w.on.KafkaConsumerGroupLagMax.Enabled) {
		w.mb.RecordKafkaConsumerGroupLagMaxDataPoint(w.ts, int64(g.LagMax), g.Name)
	}
	if w.known(g.LagSum, w.on.KafkaConsumerGroupGroupLagSum.Enabled) {
		w.mb.RecordKafkaConsumerGroupGroupLagSumDataPoint(w.ts, int64(g.LagSum), g.Name)
	}
	if age := g.AgeMax(); age.Known {
		w.mb.RecordKafkaConsumerGroupGroupTimeLagMaxDataPoint(w.ts, age.Seconds(), g.Name)
	}
	if g.Status != lag.StatusUnknown {
		w.mb.RecordKafkaConsumerGroupStatusDataPoint(w.ts, 1, g.Name, statusOf(g.Status))
	}
	for i := range g.Topics {
		t := &g.Topics[i]
		w.topicLag(g.Name, t)
		for p := range t.Partitions {
			w.partition(g.Name, t.Name, &t.Partitions[p])
		}
	}
}

// known reports whether an offset, a number or a sum can be recorded, and counts it
// as missing where an enabled metric would have shown it.
func (w *worker) known(o cluster.Offset, enabled bool) bool {
	if o == cluster.Unknown && enabled {
		w.missing++
	}
	return o.Known()
}

func (w *worker) brokers(brokers map[int32]cluster.Broker) {
	// A cluster without brokers cannot answer: then their number is unknown.
	if len(brokers) > 0 {
		w.mb.RecordKafkaBrokersDataPoint(w.ts, int64(len(brokers)))
	}
	for _, id := range slices.Sorted(maps.Keys(brokers)) {
		b := brokers[id]
		w.mb.RecordKafkaBrokerInfoDataPoint(w.ts, 1, brokerID(b.ID), b.Address, b.Rack)
	}
}

func (w *worker) topic(t *cluster.Topic) {
	partitions := cluster.Offset(len(t.Partitions))
	if t.Unclear {
		partitions = cluster.Unknown
	}
	if w.known(partitions, w.on.KafkaTopicPartitions.Enabled) {
		w.mb.RecordKafkaTopicPartitionsDataPoint(w.ts, int64(partitions), t.Name)
	}
	w.topicConfig(t)
	for i := range t.Partitions {
		w.replication(t.Name, &t.Partitions[i])
		w.logRange(t.Name, &t.Partitions[i])
		w.minInSync(t, &t.Partitions[i])
		w.size(t.Name, &t.Partitions[i])
		w.produceRate(t.Name, &t.Partitions[i])
		w.lastStableGap(t.Name, &t.Partitions[i])
	}
}

func (w *worker) replication(topic string, p *cluster.Partition) {
	id, replicas, inSync := int64(p.ID), len(p.Replicas), len(p.InSync)
	online := p.Leader != cluster.NoBroker
	preferred := replicas > 0 && p.Replicas[0] == p.Leader
	if online {
		w.mb.RecordKafkaPartitionLeaderDataPoint(w.ts, int64(p.Leader), topic, id)
	}
	w.mb.RecordKafkaPartitionReplicasDataPoint(w.ts, int64(replicas), topic, id)
	w.mb.RecordKafkaPartitionReplicasInSyncDataPoint(w.ts, int64(inSync), topic, id)
	// Without a leader this is 0, not absent, so that alerts on 0 fire then too.
	w.mb.RecordKafkaPartitionLeaderIsPreferredDataPoint(w.ts, oneIf(preferred), topic, id)
	w.mb.RecordKafkaPartitionUnderReplicatedDataPoint(w.ts, oneIf(p.UnderReplicated()), topic, id)
	w.mb.RecordKafkaPartitionOfflineDataPoint(w.ts, oneIf(!online), topic, id)
	if moves := p.Reassignment; moves != nil {
		w.mb.RecordKafkaPartitionReassigningDataPoint(w.ts, int64(len(moves.Adding)), topic, id, metadata.AttributeChangeAdding)
		w.mb.RecordKafkaPartitionReassigningDataPoint(w.ts, int64(len(moves.Removing)), topic, id, metadata.AttributeChangeRemoving)
	}
}

func (w *worker) logRange(topic string, p *cluster.Partition) {
	if w.known(p.End, w.on.KafkaPartitionCurrentOffset.Enabled) {
		w.mb.RecordKafkaPartitionCurrentOffsetDataPoint(w.ts, int64(p.End), topic, int64(p.ID))
	}
	if w.known(p.Start, w.on.KafkaPartitionOldestOffset.Enabled) {
		w.mb.RecordKafkaPartitionOldestOffsetDataPoint(w.ts, int64(p.Start), topic, int64(p.ID))
	}
}

func (w *worker) topicLag(group string, t *lag.Topic) {
	if w.known(t.OffsetSum, w.on.KafkaConsumerGroupOffsetSum.Enabled) {
		w.mb.RecordKafkaConsumerGroupOffsetSumDataPoint(w.ts, int64(t.OffsetSum), group, t.Name)
	}
	if w.known(t.LagSum, w.on.KafkaConsumerGroupLagSum.Enabled) {
		w.mb.RecordKafkaConsumerGroupLagSumDataPoint(w.ts, int64(t.LagSum), group, t.Name)
	}
	if w.known(t.Expired, w.on.KafkaConsumerGroupExpired.Enabled) {
		w.mb.RecordKafkaConsumerGroupExpiredDataPoint(w.ts, int64(t.Expired), group, t.Name)
	}
	if t.AgeMax.Known {
		w.mb.RecordKafkaConsumerGroupTimeLagMaxDataPoint(w.ts, t.AgeMax.Seconds(), group, t.Name)
	}
	if t.RetentionMargin.Known {
		w.mb.RecordKafkaConsumerGroupRetentionMarginDataPoint(w.ts, t.RetentionMargin.Seconds(), group, t.Name)
	}
	w.progress(group, t)
}

func (w *worker) partition(group, topic string, p *lag.Partition) {
	if w.known(p.Committed, w.on.KafkaConsumerGroupOffset.Enabled) {
		w.mb.RecordKafkaConsumerGroupOffsetDataPoint(w.ts, int64(p.Committed), group, topic, int64(p.ID))
	}
	if w.known(p.Lag, w.on.KafkaConsumerGroupLag.Enabled) {
		w.mb.RecordKafkaConsumerGroupLagDataPoint(w.ts, int64(p.Lag), group, topic, int64(p.ID))
	}
	if p.Age.Known {
		w.mb.RecordKafkaConsumerGroupTimeLagDataPoint(w.ts, p.Age.Seconds(), group, topic, int64(p.ID))
	}
	if p.Status != lag.StatusUnknown {
		w.mb.RecordKafkaConsumerGroupPartitionStatusDataPoint(w.ts, 1, group, topic, int64(p.ID), statusOf(p.Status))
	}
}

func statusOf(s lag.Status) metadata.AttributeStatus { return metadata.MapAttributeStatus[s.String()] }

func brokerID(id int32) string { return strconv.FormatInt(int64(id), 10) }

func oneIf(condition bool) int64 {
	if condition {
		return 1
	}
	return 0
}
