// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"maps"

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

// sizes remembers the groups with more commits than usual. A scrape that learns
// nothing changes nothing, so that brokers that are just back from an outage are
// not asked for many large groups at once. The zero value is ready for use; while
// several goroutines cut batches, nothing is learned.
type sizes struct {
	large map[string]largeGroup
}

type largeGroup struct {
	commits     int
	coordinator int32
}

// learn takes how many partitions groups were answered with.
func (z *sizes) learn(groups []groupSize) {
	if z.large == nil {
		z.large = map[string]largeGroup{}
	}
	for _, g := range groups {
		if g.commits > usualCommits {
			z.large[g.group.Name] = largeGroup{g.commits, g.group.Coordinator}
		} else {
			delete(z.large, g.group.Name)
		}
	}
}

// forget drops the groups that no broker lists any more, although their coordinator
// is among those that have listed their groups.
func (z *sizes) forget(groups map[string]*cluster.Group, listed map[int32]bool) {
	maps.DeleteFunc(z.large, func(name string, g largeGroup) bool { return groups[name] == nil && listed[g.coordinator] })
}

// batches cuts groups into requests by what their answers are expected to
// hold. A group that is larger than the limit gets a request of its own.
func (z *sizes) batches(groups []*cluster.Group) [][]*cluster.Group {
	var batches [][]*cluster.Group
	first, expected := 0, 0
	for i, g := range groups {
		next := max(usualCommits, z.large[g.Name].commits)
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
