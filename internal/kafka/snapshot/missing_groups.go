// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"errors"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

var errNoCoordinator = errors.New("their coordinator is gone, and no other broker lists them")

// seenGroup is a group of the scrapes before.
type seenGroup struct {
	coordinator int32
	missed      bool // in the last scrape
	orphaned    int  // scrapes for which its coordinator has not been in the cluster
}

// missingGroups lists the groups of earlier scrapes that no broker lists now. While a
// coordinator moves from one broker to another there is a moment in which neither lists
// its groups, and neither returns an error.
func (s *scrape) missingGroups() []string {
	var names []string
	for name := range s.memory.seen {
		if s.snapshot.Groups[name] == nil && !s.leftOut[name] && s.ask.wantsName(name) {
			names = append(names, name)
		}
	}
	return names
}

// worthASecondLook reports whether a missing group may be between two coordinators.
// With a filter for states or types brokers leave groups out themselves; then only the
// loss of a coordinator counts.
func (s *scrape) worthASecondLook(ctx context.Context, open *pendingGroups) bool {
	filtered := len(s.ask.States)+len(s.ask.Types) > 0
	unlisted := map[int32][]string{}
	for _, name := range s.missingGroups() {
		switch g := s.memory.seen[name]; {
		case g.missed:
		case !open.listed[g.coordinator]:
			return true
		case !filtered:
			unlisted[g.coordinator] = append(unlisted[g.coordinator], name)
		}
	}
	return !s.deleted(ctx, unlisted)
}

// deleted asks the coordinators of groups that they no longer list whether all of
// those are deleted. Only a broker that still coordinates a group calls it dead:
// another one answers NOT_COORDINATOR. A group of another type than classic is called
// dead in any case, so the groups are listed once more after that.
func (s *scrape) deleted(ctx context.Context, groups map[int32][]string) bool {
	answers := broker.Parallel(s.pool.Brokers(), func(n *broker.Node) bool {
		names := groups[n.ID]
		for batch := range slices.Chunk(names, groupsPerRequest) {
			if !s.dead(ctx, n, batch) {
				return false
			}
		}
		return len(names) == 0 || s.lacks(ctx, n, names)
	})
	return !slices.Contains(answers, false)
}

// lacks reports whether n lists none of the groups.
func (s *scrape) lacks(ctx context.Context, n *broker.Node, groups []string) bool {
	a := s.list(ctx, n)
	return a.listErr == nil && !containsAny(a.groups, groups)
}

// containsAny reports whether one of the groups has one of the names. Both may be many.
func containsAny(groups []*cluster.Group, names []string) bool {
	wanted := make(map[string]bool, len(names))
	for _, name := range names {
		wanted[name] = true
	}
	return slices.ContainsFunc(groups, func(g *cluster.Group) bool { return wanted[g.Name] })
}

// dead reports whether n calls all groups dead.
func (s *scrape) dead(ctx context.Context, n *broker.Node, groups []string) bool {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	answers, err := broker.Ask(ctx, n, newDescribeGroupsRequest(groups), s.decodeClassic)
	return err == nil && !slices.ContainsFunc(groups, func(name string) bool {
		d, answered := answers[name]
		return !answered || !vanished(d.code) && (!kafkaerr.OK(d.code) || d.state != stateDead)
	})
}

// remember keeps which broker coordinates which group, and adds a failure for the groups
// that went missing together with their coordinator. A group that its coordinator no
// longer lists was deleted.
func (s *scrape) remember(open *pendingGroups) {
	seen := make(map[string]seenGroup, len(s.snapshot.Groups))
	for name, g := range s.snapshot.Groups {
		seen[name] = seenGroup{coordinator: g.Coordinator}
	}
	orphans := 0
	for _, name := range s.missingGroups() {
		g := s.memory.seen[name]
		if open.listed[g.coordinator] {
			continue
		}
		if !open.miss(g.coordinator) {
			if g.orphaned++; g.orphaned > cluster.GoneAfter {
				continue
			}
			orphans++
		}
		g.missed = true
		seen[name] = g
	}
	s.memory.seen = seen
	if orphans > 0 {
		s.failed(cluster.Failure{
			API: broker.APIListGroups, Broker: cluster.NoBroker, Code: cluster.CodeNoCoordinator, Groups: orphans, Err: errNoCoordinator,
			Cause: "the broker that coordinated them has left the cluster, and no other has taken over yet",
		})
	}
}
