// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// progress records how a group moves in a topic.
func (r *Recorder) progress(group string, t *lag.Topic) {
	if t.CommitAge.Known {
		r.mb.RecordKafkaConsumerGroupCommitAgeDataPoint(r.ts, t.CommitAge.Seconds(), group, t.Name)
	}
	if t.Stalled.Known {
		r.mb.RecordKafkaConsumerGroupStalledTimeDataPoint(r.ts, t.Stalled.Seconds(), group, t.Name)
	}
	if t.Drain.Known {
		r.mb.RecordKafkaConsumerGroupDrainTimeDataPoint(r.ts, t.Drain.Seconds(), group, t.Name)
	}
	if t.CatchUp.Known {
		r.mb.RecordKafkaConsumerGroupCatchUpTimeDataPoint(r.ts, t.CatchUp.Seconds(), group, t.Name)
	}
	if t.ConsumeRate.Known {
		r.mb.RecordKafkaConsumerGroupConsumeRateDataPoint(r.ts, t.ConsumeRate.PerSecond, group, t.Name)
	}
}

// produceRate records how fast a partition is written.
func (r *Recorder) produceRate(topic string, p *cluster.Partition) {
	if p.ProduceRateKnown {
		r.mb.RecordKafkaPartitionProduceRateDataPoint(r.ts, p.ProduceRate, topic, int64(p.ID))
	}
}
