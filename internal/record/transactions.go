// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// lastStableGap records what open transactions hold back in a partition. One without a
// leader has nobody to ask, which is no failure.
func (w *worker) lastStableGap(topic string, p *cluster.Partition) {
	if p.Leader == cluster.NoBroker {
		return
	}
	if gap := p.LastStableGap(); w.known(gap, w.on.KafkaPartitionLastStableOffsetGap.Enabled) {
		w.mb.RecordKafkaPartitionLastStableOffsetGapDataPoint(w.ts, int64(gap), topic, int64(p.ID))
	}
}

// openTransactions records the age of those in a topic.
func (w *worker) openTransactions(t *lag.Topic) {
	for _, p := range t.Partitions {
		if p.Age.Known {
			w.mb.RecordKafkaPartitionOpenTransactionAgeDataPoint(w.ts, p.Age.Seconds(), t.Name, int64(p.ID))
		}
	}
}
