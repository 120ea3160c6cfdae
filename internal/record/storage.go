// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"maps"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// topicConfig records the known settings of a topic.
func (r *Recorder) topicConfig(t *cluster.Topic) {
	if len(t.Partitions) > 0 {
		r.mb.RecordKafkaTopicReplicationFactorDataPoint(r.ts, int64(len(t.Partitions[0].Replicas)), t.Name)
	}
	if t.Config == nil {
		return
	}
	if minInSync := t.Config.MinInSync; minInSync != nil {
		r.mb.RecordKafkaTopicMinInsyncReplicasDataPoint(r.ts, *minInSync, t.Name)
	}
	if millis := t.Config.RetentionTime; limited(millis) {
		r.mb.RecordKafkaTopicLogRetentionPeriodDataPoint(r.ts, *millis/1000, t.Name)
	}
	if bytes := t.Config.RetentionSize; limited(bytes) {
		r.mb.RecordKafkaTopicLogRetentionSizeDataPoint(r.ts, *bytes, t.Name)
	}
}

// minInSync compares a partition with its topic's min.insync.replicas.
func (r *Recorder) minInSync(t *cluster.Topic, p *cluster.Partition) {
	if t.Config != nil && t.Config.MinInSync != nil {
		r.mb.RecordKafkaPartitionUnderMinIsrDataPoint(r.ts, oneIf(t.UnderMinInSync(p)), t.Name, int64(p.ID))
	}
	if p.EligibleLeadersKnown {
		r.mb.RecordKafkaPartitionEligibleLeaderReplicasDataPoint(r.ts, int64(p.EligibleLeaders), t.Name, int64(p.ID))
	}
}

func (r *Recorder) size(topic string, p *cluster.Partition) {
	if p.SizeKnown {
		r.mb.RecordKafkaPartitionSizeDataPoint(r.ts, p.Size, topic, int64(p.ID))
	}
}

// disks records how much brokers store, and for how long.
func (r *Recorder) disks(s *cluster.Snapshot) {
	for _, id := range slices.Sorted(maps.Keys(s.BrokerConfigs)) {
		if millis := s.BrokerConfigs[id].RetentionTime; limited(millis) {
			r.mb.RecordKafkaBrokerLogRetentionPeriodDataPoint(r.ts, *millis/1000, brokerID(id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.LogDirs)) {
		for i := range s.LogDirs[id] {
			r.logDir(brokerID(id), &s.LogDirs[id][i])
		}
	}
}

func (r *Recorder) logDir(broker string, dir *cluster.LogDir) {
	r.mb.RecordKafkaBrokerLogDirOfflineDataPoint(r.ts, oneIf(dir.Offline), broker, dir.Path)
	if dir.CordonedKnown {
		r.mb.RecordKafkaBrokerLogDirCordonedDataPoint(r.ts, oneIf(dir.Cordoned), broker, dir.Path)
	}
	if dir.SizeKnown {
		r.mb.RecordKafkaBrokerLogDirSizeDataPoint(r.ts, dir.Size, broker, dir.Path)
	}
	if dir.VolumeKnown {
		r.mb.RecordKafkaBrokerLogDirTotalDataPoint(r.ts, dir.Total, broker, dir.Path)
		r.mb.RecordKafkaBrokerLogDirUsableDataPoint(r.ts, dir.Usable, broker, dir.Path)
	}
}

// limited reports whether a setting is known and sets a limit. Without a limit there
// is no number to record.
func limited(setting *int64) bool { return setting != nil && *setting != cluster.NoLimit }
