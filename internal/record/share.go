// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// shareGroup records a share group.
func (r *Recorder) shareGroup(g *lag.Group) {
	if r.known(g.LagMax, r.on.KafkaShareGroupLagMax.Enabled) {
		r.mb.RecordKafkaShareGroupLagMaxDataPoint(r.ts, int64(g.LagMax), g.Name)
	}
	for i := range g.Topics {
		t := &g.Topics[i]
		if r.known(t.LagSum, r.on.KafkaShareGroupLagSum.Enabled) {
			r.mb.RecordKafkaShareGroupLagSumDataPoint(r.ts, int64(t.LagSum), g.Name, t.Name)
		}
		if t.AgeMax.Known {
			r.mb.RecordKafkaShareGroupTimeLagMaxDataPoint(r.ts, t.AgeMax.Seconds(), g.Name, t.Name)
		}
		if t.Stalled.Known {
			r.mb.RecordKafkaShareGroupStalledTimeDataPoint(r.ts, t.Stalled.Seconds(), g.Name, t.Name)
		}
		for _, p := range t.Partitions {
			r.sharePartition(g.Name, t.Name, p)
		}
	}
}

func (r *Recorder) sharePartition(group, topic string, p lag.Partition) {
	if r.known(p.Committed, r.on.KafkaShareGroupStartOffset.Enabled) {
		r.mb.RecordKafkaShareGroupStartOffsetDataPoint(r.ts, int64(p.Committed), group, topic, int64(p.ID))
	}
	if r.known(p.Lag, r.on.KafkaShareGroupLag.Enabled) {
		r.mb.RecordKafkaShareGroupLagDataPoint(r.ts, int64(p.Lag), group, topic, int64(p.ID))
	}
	if p.Age.Known {
		r.mb.RecordKafkaShareGroupTimeLagDataPoint(r.ts, p.Age.Seconds(), group, topic, int64(p.ID))
	}
}

// PointsPerSharePartition is how many data points a partition of a share group has if
// everything about it is known.
func PointsPerSharePartition(on metadata.MetricsConfig) int {
	n := 0
	for _, enabled := range []bool{
		on.KafkaShareGroupStartOffset.Enabled, on.KafkaShareGroupLag.Enabled, on.KafkaShareGroupTimeLag.Enabled,
	} {
		if enabled {
			n++
		}
	}
	return n
}
