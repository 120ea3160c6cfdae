// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import "hash/maphash"

// assignmentSum adds up the hashes of the partitions of an assignment. Two sums are
// equal if the assignments have the same partitions, in whatever order brokers name
// them, and it takes no memory to know.
type assignmentSum uint64

var assignmentSeed = maphash.MakeSeed()

// add adds partitions of a topic, or tasks of a subtopology.
func (s *assignmentSum) add(of []byte, partitions []int32) {
	type place struct {
		of        uint64
		partition int32
	}
	hash := maphash.Bytes(assignmentSeed, of)
	for _, p := range partitions {
		*s += assignmentSum(maphash.Comparable(assignmentSeed, place{hash, p}))
	}
}
