// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
)

// stateEmpty is that of a group without members.
const stateEmpty = "Empty"

// askLimited asks which groups there are, and only those that [Request.MaxGroups]
// leaves for their commits: all brokers have to have listed theirs first.
func (s *scrape) askLimited(ctx context.Context) []groupsOf {
	lists := broker.Parallel(s.pool.Brokers(), func(n *broker.Node) groupsOf { return s.list(ctx, n) })
	kept := s.limitGroups(lists)
	s.leftOut = map[string]bool{}
	for i := range lists {
		lists[i].groups = slices.DeleteFunc(lists[i].groups, func(g *cluster.Group) bool {
			if !kept[g.Name] {
				s.leftOut[g.Name] = true
			}
			return !kept[g.Name]
		})
	}
	for name := range s.snapshot.Groups { // of an earlier round, which knew fewer groups
		if s.leftOut[name] {
			delete(s.snapshot.Groups, name)
		}
	}
	s.snapshot.LeftOutGroups = len(s.leftOut)
	return broker.Parallel(lists, func(a groupsOf) groupsOf { return s.askCommits(ctx, a) })
}

// limitGroups chooses among the groups that were listed. Those of the scrape before
// that a broker would list which did not answer keep their places: others would
// come for one scrape, and go again.
func (s *scrape) limitGroups(lists []groupsOf) (kept map[string]bool) {
	listed := map[string]*cluster.Group{}
	silent := map[int32]bool{}
	for _, a := range lists {
		silent[a.node.ID] = a.listErr != nil
		for _, g := range a.groups {
			listed[g.Name] = g
		}
	}
	places := s.ask.MaxGroups
	for name, g := range s.memory.seen {
		if listed[name] == nil && silent[g.coordinator] {
			places--
		}
	}
	ranked := s.ranked(listed)
	kept = map[string]bool{}
	for _, g := range ranked[:min(max(places, 0), len(ranked))] {
		kept[g.Name] = true
	}
	return kept
}

// ranked sorts groups by what is worth most: those with members, or whose state is
// not known, then those with the largest lag in the last scrape, then by name. A
// group that was left out has no lag, so that it does not take the place of one
// that was not: each scrape keeps the same. Nor does it where a broker comes back,
// of whose groups the last scrape learned no lag.
func (s *scrape) ranked(listed map[string]*cluster.Group) []*cluster.Group {
	type place struct {
		group *cluster.Group
		idle  int
		lag   int64
	}
	places := make([]place, 0, len(listed))
	for name, g := range listed {
		p := place{group: g, lag: s.ask.LastLag(name)}
		if _, seen := s.memory.seen[name]; seen {
			p.lag = max(p.lag, 0)
		}
		if g.State == stateEmpty || g.State == stateDead {
			p.idle = 1
		}
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.idle, b.idle), cmp.Compare(b.lag, a.lag), strings.Compare(a.group.Name, b.group.Name))
	})
	ranked := make([]*cluster.Group, len(places))
	for i, p := range places {
		ranked[i] = p.group
	}
	return ranked
}
