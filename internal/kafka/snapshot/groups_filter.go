// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"errors"
	"slices"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// wants reports whether a group that was listed passes the filters. Brokers apply
// those of state and type themselves where they return them (states from Kafka
// 2.6 on, types from 3.8 on).
func (q *Request) wants(g *cluster.Group) bool {
	return q.wantsName(g.Name) && q.wantsType(g.Type) && (g.State == "" || q.wantsState(g.State))
}

// wantsName leaves out the groups that are reported elsewhere, too.
func (q *Request) wantsName(group string) bool {
	return q.Group(group) && (q.Part == nil || q.Part.OwnsGroup(group))
}

// wantsType takes a group whose type is not known for a classic one: brokers
// that know other types return them.
func (q *Request) wantsType(name string) bool {
	if name == "" {
		name = cluster.TypeClassic
	}
	return len(q.Types) == 0 || slices.Contains(q.Types, name)
}

func (q *Request) wantsState(state string) bool {
	return len(q.States) == 0 || slices.Contains(q.States, state)
}

// noteDenied keeps in mind which groups this login may not see.
func (s *scrape) noteDenied(failed []groupError) {
	for _, f := range failed {
		if errors.Is(f.err, sarama.ErrGroupAuthorizationFailed) {
			s.denied[f.group] = true
		}
	}
}

// allowed leaves out the denied groups: one right shows both a group's commits
// and its members, and asking for the latter would be denied again.
func (s *scrape) allowed(groups []*cluster.Group) []*cluster.Group {
	return slices.DeleteFunc(slices.Clone(groups), func(g *cluster.Group) bool { return s.denied[g.Name] })
}

// toDescribe lists the groups that have to be described: all of them, or only
// those whose state the listing did not have and a filter needs.
func (s *scrape) toDescribe() []*cluster.Group {
	groups := make([]*cluster.Group, 0, len(s.snapshot.Groups))
	for _, g := range s.snapshot.Groups {
		if s.ask.describes(g) || len(s.ask.States) > 0 && g.State == "" {
			groups = append(groups, g)
		}
	}
	return groups
}

// describes reports whether metrics need a description of the group.
func (q *Request) describes(g *cluster.Group) bool {
	switch g.Type {
	case cluster.TypeShare:
		return q.DescribeShare
	case cluster.TypeStreams:
		return q.DescribeStreams
	}
	return q.Describe
}

// withoutState lists the groups that were listed without their state.
func withoutState(groups []*cluster.Group) []*cluster.Group {
	return slices.DeleteFunc(slices.Clone(groups), func(g *cluster.Group) bool { return g.State != "" })
}

// dropUnwanted takes the groups out that turned out to be in a state that is
// not wanted, and those of unknown state: nothing says that they are wanted.
func (s *scrape) dropUnwanted(listedWithoutState, undescribed []*cluster.Group) {
	open := make(map[*cluster.Group]bool, len(undescribed))
	for _, g := range undescribed {
		open[g] = true
	}
	for _, g := range listedWithoutState {
		if s.ask.wantsState(g.State) {
			continue
		}
		delete(s.snapshot.Groups, g.Name)
		switch {
		case s.ask.Commits && !g.CommitsKnown: // counted as such
		case open[g]:
			s.snapshot.UndecidedGroups++
		default:
			s.snapshot.FilteredGroups++
		}
	}
}
