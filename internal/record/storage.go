// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"maps"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// topicConfig records the known settings of a topic.
func (w *worker) topicConfig(t *cluster.Topic) {
	if len(t.Partitions) > 0 {
		w.mb.RecordKafkaTopicReplicationFactorDataPoint(w.ts, int64(len(t.Partitions[0].Replicas)), t.Name)
	}
	if t.Config == nil {
		return
	}
	if minInSync := t.Config.MinInSync; minInSync != nil {
		w.mb.RecordKafkaTopicMinInsyncReplicasDataPoint(w.ts, *minInSync, t.Name)
	}
	if millis := t.Config.RetentionTime; limited(millis) {
		w.mb.RecordKafkaTopicLogRetentionPeriodDataPoint(w.ts, *millis/1000, t.Name)
	}
	if bytes := t.Config.RetentionSize; limited(bytes) {
		w.mb.RecordKafkaTopicLogRetentionSizeDataPoint(w.ts, *bytes, t.Name)
	}
}

// minInSync compares a partition with its topic's min.insync.replicas.
func (w *worker) minInSync(t *cluster.Topic, p *cluster.Partition) {
	if t.Config != nil && t.Config.MinInSync != nil {
		w.mb.RecordKafkaPartitionUnderMinIsrDataPoint(w.ts, oneIf(t.UnderMinInSync(p)), t.Name, int64(p.ID))
	}
	if p.EligibleLeadersKnown {
		w.mb.RecordKafkaPartitionEligibleLeaderReplicasDataPoint(w.ts, int64(p.EligibleLeaders), t.Name, int64(p.ID))
	}
}

func (w *worker) size(topic string, p *cluster.Partition) {
	if p.SizeKnown {
		w.mb.RecordKafkaPartitionSizeDataPoint(w.ts, p.Size, topic, int64(p.ID))
	}
}

// disks records how much brokers store, and for how long.
func (w *worker) disks(s *cluster.Snapshot) {
	for _, id := range slices.Sorted(maps.Keys(s.BrokerConfigs)) {
		if millis := s.BrokerConfigs[id].RetentionTime; limited(millis) {
			w.mb.RecordKafkaBrokerLogRetentionPeriodDataPoint(w.ts, *millis/1000, brokerID(id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.LogDirs)) {
		for i := range s.LogDirs[id] {
			w.logDir(brokerID(id), &s.LogDirs[id][i])
		}
	}
}

func (w *worker) logDir(broker string, dir *cluster.LogDir) {
	w.mb.RecordKafkaBrokerLogDirOfflineDataPoint(w.ts, oneIf(dir.Offline), broker, dir.Path)
	if dir.CordonedKnown {
		w.mb.RecordKafkaBrokerLogDirCordonedDataPoint(w.ts, oneIf(dir.Cordoned), broker, dir.Path)
	}
	if dir.SizeKnown {
		w.mb.RecordKafkaBrokerLogDirSizeDataPoint(w.ts, dir.Size, broker, dir.Path)
	}
	if dir.VolumeKnown {
		w.mb.RecordKafkaBrokerLogDirTotalDataPoint(w.ts, dir.Total, broker, dir.Path)
		w.mb.RecordKafkaBrokerLogDirUsableDataPoint(w.ts, dir.Usable, broker, dir.Path)
	}
}

// limited reports whether a setting is known and sets a limit. Without a limit there
// is no number to record.
func limited(setting *int64) bool { return setting != nil && *setting != cluster.NoLimit }
