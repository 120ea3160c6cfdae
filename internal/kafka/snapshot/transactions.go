// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// firstWithIsolation is the version of ListOffsets that came with transactions, in
// Kafka 0.11.
const firstWithIsolation = 2

var (
	// lastStable is the end of what is committed, where ends count what is not.
	lastStable = offsetSpec{
		sentinel:     sarama.OffsetNewest,
		extent:       func(Request) PartitionScope { return Everywhere },
		committed:    func(Request) bool { return true },
		field:        func(p *cluster.Partition) *cluster.Offset { return &p.LastStable },
		transactions: true,
	}
	// highWatermark is the end with what is not committed, where ends leave that out.
	highWatermark = offsetSpec{
		sentinel:     sarama.OffsetNewest,
		extent:       func(Request) PartitionScope { return Everywhere },
		committed:    func(Request) bool { return false },
		field:        func(p *cluster.Partition) *cluster.Offset { return &p.HighWatermark },
		transactions: true,
	}
)

// offsetSpecs returns what to ask for, one after the other. The last stable offset
// comes later than the end: what is written between the two is no gap.
func (s *scrape) offsetSpecs() [][]offsetSpec {
	bounds := []offsetSpec{logEnd, logStart}
	switch {
	case !s.ask.Transactions:
		return [][]offsetSpec{bounds}
	case s.ask.Committed:
		return [][]offsetSpec{{highWatermark}, bounds}
	}
	return [][]offsetSpec{bounds, {lastStable}}
}

// shareEnds enters the ends that were asked for as ends of partitions, and not once
// more for transactions.
func (s *scrape) shareEnds() {
	if !s.ask.Transactions {
		return
	}
	known := true
	for _, topic := range s.snapshot.Topics {
		for i := range topic.Partitions {
			p := &topic.Partitions[i]
			if s.ask.Committed {
				p.LastStable = p.End
			} else {
				p.HighWatermark = p.End
			}
			known = known && p.LastStableGap() != cluster.None
		}
	}
	if !known && !s.memory.noTransactions {
		s.memory.noTransactions = true
		s.log.Info("Brokers before Kafka 0.11 know no transactions: the metrics of open ones are absent")
	}
}
