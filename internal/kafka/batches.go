// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"sync"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

const (
	// groupsPerRequest is how many groups one request asks for at most.
	groupsPerRequest = 100
	// commitsPerRequest is how many partitions the answer to an OffsetFetch
	// should have at most: some 1 MiB on the wire and 4 MiB decoded, while
	// several brokers answer at once.
	commitsPerRequest = 25_000
	// usualCommits is what a group counts as that is not known to have more.
	usualCommits = commitsPerRequest / groupsPerRequest
)

// sizes remembers, from one scrape to the next, the groups with more commits
// than usual. The zero value is ready for use.
type sizes struct {
	mu        sync.Mutex
	last, now map[string]int
}

// begin opens a scrape. What is not learned again in it will be forgotten.
func (z *sizes) begin() {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.last, z.now = z.now, map[string]int{}
}

// learn takes how many partitions a group was answered with.
func (z *sizes) learn(group string, commits int) {
	if commits <= usualCommits {
		return
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	z.now[group] = commits
}

// batches cuts groups into requests by what their answers are expected to
// hold. A group that is larger than the limit gets a request of its own.
func (z *sizes) batches(groups []*cluster.Group) [][]*cluster.Group {
	z.mu.Lock()
	defer z.mu.Unlock()
	var batches [][]*cluster.Group
	first, expected := 0, 0
	for i, g := range groups {
		next := max(usualCommits, z.last[g.Name])
		if i > first && expected+next > commitsPerRequest {
			batches = append(batches, groups[first:i])
			first, expected = i, 0
		}
		expected += next
	}
	if first < len(groups) {
		batches = append(batches, groups[first:])
	}
	return batches
}
