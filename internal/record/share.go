// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import "github.com/kafkalag/kafkalagreceiver/internal/lag"

// shareGroup records a share group.
func (w *worker) shareGroup(g *lag.Group) {
	if w.known(g.LagMax, w.on.KafkaShareGroupLagMax.Enabled) {
		w.mb.RecordKafkaShareGroupLagMaxDataPoint(w.ts, int64(g.LagMax), g.Name)
	}
	for i := range g.Topics {
		t := &g.Topics[i]
		if w.known(t.LagSum, w.on.KafkaShareGroupLagSum.Enabled) {
			w.mb.RecordKafkaShareGroupLagSumDataPoint(w.ts, int64(t.LagSum), g.Name, t.Name)
		}
		if t.AgeMax.Known {
			w.mb.RecordKafkaShareGroupTimeLagMaxDataPoint(w.ts, t.AgeMax.Seconds(), g.Name, t.Name)
		}
		if t.Stalled.Known {
			w.mb.RecordKafkaShareGroupStalledTimeDataPoint(w.ts, t.Stalled.Seconds(), g.Name, t.Name)
		}
		for _, p := range t.Partitions {
			w.sharePartition(g.Name, t.Name, p)
		}
	}
}

func (w *worker) sharePartition(group, topic string, p lag.Partition) {
	if w.known(p.Committed, w.on.KafkaShareGroupStartOffset.Enabled) {
		w.mb.RecordKafkaShareGroupStartOffsetDataPoint(w.ts, int64(p.Committed), group, topic, int64(p.ID))
	}
	if w.known(p.Lag, w.on.KafkaShareGroupLag.Enabled) {
		w.mb.RecordKafkaShareGroupLagDataPoint(w.ts, int64(p.Lag), group, topic, int64(p.ID))
	}
	if p.Age.Known {
		w.mb.RecordKafkaShareGroupTimeLagDataPoint(w.ts, p.Age.Seconds(), group, topic, int64(p.ID))
	}
}
