// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"maps"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// OpenTransactions returns the partitions in which a transaction is open, as if a
// group had read all that is committed: its lag is the gap behind the last stable
// offset, and the record there is the oldest of the transaction.
func OpenTransactions(s *cluster.Snapshot) []Topic {
	var open []Topic
	for _, name := range slices.Sorted(maps.Keys(s.Topics)) {
		topic := s.Topics[name]
		held := Topic{Name: name}
		for i := range topic.Partitions {
			p := &topic.Partitions[i]
			if gap := p.LastStableGap(); gap > 0 && !topic.Elsewhere {
				held.Partitions = append(held.Partitions, Partition{ID: p.ID, Committed: p.LastStable, Lag: gap})
			}
		}
		if len(held.Partitions) > 0 {
			open = append(open, held)
		}
	}
	return open
}
