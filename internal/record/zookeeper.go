// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import "github.com/kafkalag/kafkalagreceiver/internal/lag"

// zookeeperLag records a group that stores its offsets in ZooKeeper.
func (w *worker) zookeeperLag(g *lag.Group) {
	for _, t := range g.Topics {
		for _, p := range t.Partitions {
			if w.known(p.Committed, w.on.KafkaConsumerGroupZookeeperOffset.Enabled) {
				w.mb.RecordKafkaConsumerGroupZookeeperOffsetDataPoint(w.ts, int64(p.Committed), g.Name, t.Name, int64(p.ID))
			}
			if w.known(p.Lag, w.on.KafkaConsumerGroupZookeeperLag.Enabled) {
				w.mb.RecordKafkaConsumerGroupZookeeperLagDataPoint(w.ts, int64(p.Lag), g.Name, t.Name, int64(p.ID))
			}
		}
	}
}
