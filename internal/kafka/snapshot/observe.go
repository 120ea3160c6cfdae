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

// observeCommits counts the groups of one broker whose commits are missing.
func (s *scrape) observeCommits(failed []groupError) {
	errs := map[string][]error{broker.APIOffsetFetch: nil} // which answered where none failed
	for _, g := range failed {
		errs[g.request()] = append(errs[g.request()], g.err)
	}
	for api, of := range errs {
		s.pool.Observe(api, of...)
	}
}

// observePartitions counts the partitions of one answer that failed.
func (s *scrape) observePartitions(failed []partitionError) {
	errs := make([]error, len(failed))
	for i, p := range failed {
		errs[i] = p.err
	}
	s.pool.Observe(broker.APIListOffsets, errs...)
}
