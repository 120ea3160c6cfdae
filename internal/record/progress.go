// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// progress records how a group moves in a topic.
func (w *worker) progress(group string, t *lag.Topic) {
	if t.CommitAge.Known {
		w.mb.RecordKafkaConsumerGroupCommitAgeDataPoint(w.ts, t.CommitAge.Seconds(), group, t.Name)
	}
	if t.Stalled.Known {
		w.mb.RecordKafkaConsumerGroupStalledTimeDataPoint(w.ts, t.Stalled.Seconds(), group, t.Name)
	}
	if t.Drain.Known {
		w.mb.RecordKafkaConsumerGroupDrainTimeDataPoint(w.ts, t.Drain.Seconds(), group, t.Name)
	}
	if t.CatchUp.Known {
		w.mb.RecordKafkaConsumerGroupCatchUpTimeDataPoint(w.ts, t.CatchUp.Seconds(), group, t.Name)
	}
	if t.ConsumeRate.Known {
		w.mb.RecordKafkaConsumerGroupConsumeRateDataPoint(w.ts, t.ConsumeRate.PerSecond, group, t.Name)
	}
}

// produceRate records how fast a partition is written.
func (w *worker) produceRate(topic string, p *cluster.Partition) {
	if p.ProduceRateKnown {
		w.mb.RecordKafkaPartitionProduceRateDataPoint(w.ts, p.ProduceRate, topic, int64(p.ID))
	}
}
