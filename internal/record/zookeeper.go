// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import "github.com/kafkalag/kafkalagreceiver/internal/lag"

// zookeeperLag records a group that stores its offsets in ZooKeeper.
func (r *Recorder) zookeeperLag(g *lag.Group) {
	for _, t := range g.Topics {
		for _, p := range t.Partitions {
			if r.known(p.Committed, r.on.KafkaConsumerGroupZookeeperOffset.Enabled) {
				r.mb.RecordKafkaConsumerGroupZookeeperOffsetDataPoint(r.ts, int64(p.Committed), g.Name, t.Name, int64(p.ID))
			}
			if r.known(p.Lag, r.on.KafkaConsumerGroupZookeeperLag.Enabled) {
				r.mb.RecordKafkaConsumerGroupZookeeperLagDataPoint(r.ts, int64(p.Lag), g.Name, t.Name, int64(p.ID))
			}
		}
	}
}
