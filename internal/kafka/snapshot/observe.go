// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import "github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"

// observeGroups counts the groups of one broker that failed.
func (s *scrape) observeGroups(api string, failed []groupError) {
	errs := make([]error, len(failed))
	for i, g := range failed {
		errs[i] = g.err
	}
	s.pool.Observe(api, errs...)
}

// observePartitions counts the partitions of one answer that failed.
func (s *scrape) observePartitions(failed []partitionError) {
	errs := make([]error, len(failed))
	for i, p := range failed {
		errs[i] = p.err
	}
	s.pool.Observe(broker.APIListOffsets, errs...)
}
