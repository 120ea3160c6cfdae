// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"slices"
	"strings"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

const apiListGroups = "ListGroups"

// groupsOf is what one broker said of the groups that it coordinates.
type groupsOf struct {
	node     *node
	filtered int
	groups   []*cluster.Group
	listErr  error
	failed   []groupError
}

// groupError is a group that a broker listed and then did not answer for.
type groupError struct {
	group string
	err   error
}

// groups asks every broker for the groups that it coordinates and, of those
// wanted, for what they committed. What fails in a way that passes is asked
// once more, of all brokers: a group's coordinator may have moved.
func (s *scrape) groups(ctx context.Context) {
	if s.ask.Group == nil {
		return
	}
	answers := s.askGroups(ctx)
	if worthRetrying(answers) && s.settle(ctx) {
		answers = s.askGroups(ctx)
	}
	for _, a := range answers {
		s.snapshot.FilteredGroups += a.filtered
		if a.listErr != nil {
			s.failed(failure(a.node, apiListGroups, a.listErr, 0, 0))
		}
		s.failed(s.groupFailures(a)...)
	}
}

// askGroups asks side by side and enters what it learns into the snapshot.
func (s *scrape) askGroups(ctx context.Context) []groupsOf {
	answers := sideBySide(s.current(), func(n *node) groupsOf { return s.groupsOf(ctx, n) })
	claimed := map[string]bool{}
	for _, a := range answers {
		s.observe(apiListGroups, a.listErr)
		s.observeGroups(apiOffsetFetch, a.failed)
		for _, g := range a.groups {
			if claimed[g.Name] {
				s.snapshot.ClaimedTwice++
			}
			claimed[g.Name] = true
			s.enter(g)
		}
	}
	return answers
}

// enter adds a group. While a coordinator moves two brokers may list the same
// group: the one that answered for its commits counts.
func (s *scrape) enter(g *cluster.Group) {
	if known := s.snapshot.Groups[g.Name]; known == nil || !known.CommitsKnown {
		s.snapshot.Groups[g.Name] = g
	}
}

// groupsOf asks one broker: first which groups, then their commits. Groups
// whose commits are known already are left alone.
func (s *scrape) groupsOf(ctx context.Context, n *node) groupsOf {
	a := s.list(ctx, n)
	a.groups = slices.DeleteFunc(a.groups, func(g *cluster.Group) bool {
		known := s.snapshot.Groups[g.Name]
		return known != nil && known.CommitsKnown
	})
	if s.ask.Commits && len(a.groups) > 0 {
		a.failed = s.commits(ctx, n, a.groups)
	}
	return a
}

// list asks one broker for its groups.
func (s *scrape) list(ctx context.Context, n *node) groupsOf {
	ctx, cancel := s.step(ctx)
	defer cancel()
	a := groupsOf{node: n}
	answer, err := ask(ctx, n, apiListGroups, func(b *sarama.Broker) (*sarama.ListGroupsResponse, error) {
		return b.ListGroups(newListGroupsRequest(s.conf.Version))
	})
	if err != nil {
		a.listErr = err
		return a
	}
	if !fine(answer.Err) {
		a.listErr = answer.Err // a coordinator still loading lists those that it has
	}
	for name := range answer.Groups {
		if !s.ask.Group(name) {
			a.filtered++
			continue
		}
		data := answer.GroupsData[name]
		a.groups = append(a.groups, &cluster.Group{
			Name:        name,
			Coordinator: n.id,
			State:       data.GroupState,
			Type:        groupType(data.GroupType),
		})
	}
	slices.SortFunc(a.groups, func(x, y *cluster.Group) int { return strings.Compare(x.Name, y.Name) })
	return a
}

// groupType is the type in lower case, as it is written in client settings,
// empty where the broker does not know it either.
func groupType(told string) string {
	if told = strings.ToLower(told); told != "unknown" {
		return told
	}
	return ""
}

// newListGroupsRequest is the newest request that version allows; version 4
// tells states, version 5 types.
func newListGroupsRequest(version sarama.KafkaVersion) *sarama.ListGroupsRequest {
	switch {
	case version.IsAtLeast(sarama.V3_8_0_0):
		return &sarama.ListGroupsRequest{Version: 5}
	case version.IsAtLeast(sarama.V2_6_0_0):
		return &sarama.ListGroupsRequest{Version: 4}
	case version.IsAtLeast(sarama.V2_4_0_0):
		return &sarama.ListGroupsRequest{Version: 3}
	case version.IsAtLeast(sarama.V2_0_0_0):
		return &sarama.ListGroupsRequest{Version: 2}
	case version.IsAtLeast(sarama.V0_11_0_0):
		return &sarama.ListGroupsRequest{Version: 1}
	}
	return &sarama.ListGroupsRequest{}
}

// worthRetrying tells whether asking again may help.
func worthRetrying(answers []groupsOf) bool {
	return slices.ContainsFunc(answers, func(a groupsOf) bool {
		return passing(a.node, a.listErr) ||
			slices.ContainsFunc(a.failed, func(g groupError) bool { return passing(a.node, g.err) })
	})
}

// groupFailures is what of a broker's failed groups no other broker answered
// for.
func (s *scrape) groupFailures(a groupsOf) []cluster.Failure {
	return mergeGroups(a.node, apiOffsetFetch, slices.DeleteFunc(a.failed, func(g groupError) bool {
		return s.snapshot.Groups[g.group].CommitsKnown
	}))
}

// mergeGroups puts failed groups together by error.
func mergeGroups(n *node, api string, failed []groupError) []cluster.Failure {
	var failures []cluster.Failure
	for _, g := range failed {
		f := failure(n, api, g.err, 1, 0)
		same := slices.IndexFunc(failures, func(o cluster.Failure) bool { return o.Code == f.Code })
		if same < 0 {
			failures = append(failures, f)
		} else {
			failures[same].Groups++
		}
	}
	return failures
}
