// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// OnlyAssigned leaves only the commits in partitions that a live member of the
// group is assigned. Of a group whose assignments are not known nothing is
// known any more; one without members has nothing left. It returns how many
// described groups it knows no assignments of.
func OnlyAssigned(s *cluster.Snapshot) (unknown int) {
	for _, g := range s.Groups {
		if g.Type == cluster.TypeShare {
			continue // its members share all partitions, so that none is anybody's
		}
		if !g.Described || !g.AssignedKnown {
			g.Commits, g.CommitsKnown = nil, false
			if g.Described {
				unknown++
			}
			continue
		}
		assigned := make(map[string][]int32, len(g.Assigned))
		for _, a := range g.Assigned {
			assigned[a.Topic] = a.Partitions
		}
		g.Commits = slices.DeleteFunc(g.Commits, func(c cluster.TopicCommits) bool { return assigned[c.Topic] == nil })
		for i := range g.Commits {
			keepAssigned(&g.Commits[i], assigned[g.Commits[i].Topic], s.Topics[g.Commits[i].Topic])
		}
	}
	return unknown
}

// keepAssigned drops commits in other partitions than those assigned, and counts
// all partitions of the topic that are not: nobody expects commits there.
func keepAssigned(c *cluster.TopicCommits, assigned []int32, topic *cluster.Topic) {
	isAssigned := func(partition int32) bool {
		_, found := slices.BinarySearch(assigned, partition)
		return found
	}
	c.Partitions = slices.DeleteFunc(c.Partitions, func(p cluster.Commit) bool { return !isAssigned(p.Partition) })
	if topic == nil {
		return
	}
	for _, p := range topic.Partitions {
		if !isAssigned(p.ID) {
			c.LeftOut++
		}
	}
}
