// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// describer is how groups of one type are described.
type describer struct {
	request func(groups []string) wire.Request
	decode  func(*wire.Reader) map[string]description
}

// describe enters the answers, and retries retriable errors once, with the
// coordinators that list the groups by then. It returns the groups that were not
// described in the end.
func (s *scrape) describe(ctx context.Context, answers []described) []*cluster.Group {
	failed := s.enterDescriptions(answers)
	if worthRetrying(failed) && s.refreshForRetry(ctx) {
		s.findCoordinators(ctx)
		failed = s.enterDescriptions(s.askMembers(ctx, s.failedGroups(failed)))
	}
	for _, f := range failed {
		s.failed(mergeGroups(f.node, f.api, f.failed)...)
	}
	return s.failedGroups(failed)
}

// described is what one broker answered about its groups, and which failed.
type described struct {
	node   *broker.Node
	api    string
	groups []groupDescription
	failed []groupError
}

// enterDescriptions enters the answers into the snapshot, and returns the
// answers as they were.
func (s *scrape) enterDescriptions(answers []described) []described {
	for _, a := range answers {
		s.observeGroups(a.api, a.failed)
		for _, t := range a.groups {
			g, d := t.group, t.description
			g.State, g.Protocol, g.Members, g.Described = d.state, d.protocol, d.members, true
			g.Rebalancing, g.Epoch, g.EpochKnown, g.Tasks = d.rebalancing, d.epoch, d.epochKnown, d.tasks
			g.Assigned, g.AssignedKnown = d.assigned, d.assignedKnown
		}
	}
	return answers
}

// askMembers learns the groups' members and states from their coordinators,
// in parallel. Nothing else depends on it.
func (s *scrape) askMembers(ctx context.Context, groups []*cluster.Group) []described {
	of := byCoordinator(groups)
	return slices.Concat(broker.Parallel(s.pool.Brokers(), func(n *broker.Node) []described {
		ctx, cancel := withHalfRemaining(ctx)
		defer cancel()
		return []described{
			s.describeAll(ctx, n, broker.APIDescribeGroups, of[cluster.TypeClassic][n.ID], describer{newDescribeGroupsRequest, s.decodeClassic}),
			s.describeAll(ctx, n, broker.APIConsumerGroupDescribe, of[cluster.TypeConsumer][n.ID], describer{newConsumerGroupDescribeRequest, s.decodeConsumer}),
			s.describeAll(ctx, n, broker.APIStreamsGroupDescribe, of[cluster.TypeStreams][n.ID], describer{newStreamsGroupDescribeRequest, s.decodeStreams}),
			s.describeAll(ctx, n, broker.APIShareGroupDescribe, of[cluster.TypeShare][n.ID], describer{newShareGroupDescribeRequest, decodeShareGroups}),
		}
	})...)
}

func worthRetrying(failed []described) bool {
	return slices.ContainsFunc(failed, func(f described) bool {
		return slices.ContainsFunc(f.failed, func(g groupError) bool { return broker.Retriable(f.node, g.err) })
	})
}

func (s *scrape) failedGroups(failed []described) []*cluster.Group {
	var groups []*cluster.Group
	for _, f := range failed {
		for _, g := range f.failed {
			groups = append(groups, s.snapshot.Groups[g.group])
		}
	}
	return groups
}

// findCoordinators asks every broker anew for the groups that it coordinates.
func (s *scrape) findCoordinators(ctx context.Context) {
	for _, a := range broker.Parallel(s.pool.Brokers(), func(n *broker.Node) groupsOf { return s.list(ctx, n) }) {
		for _, g := range a.groups {
			if known := s.snapshot.Groups[g.Name]; known != nil {
				known.Coordinator = g.Coordinator
			}
		}
	}
}

// byCoordinator sorts the groups by type and by whom to ask. Those whose type is not
// known are classic ones: brokers that know other types name them. One that only the
// broker knows is not asked for.
func byCoordinator(groups []*cluster.Group) map[string]map[int32][]*cluster.Group {
	of := map[string]map[int32][]*cluster.Group{
		cluster.TypeClassic: {}, cluster.TypeConsumer: {}, cluster.TypeShare: {}, cluster.TypeStreams: {},
	}
	for _, g := range groups {
		if known := of[cmp.Or(g.Type, cluster.TypeClassic)]; known != nil {
			known[g.Coordinator] = append(known[g.Coordinator], g)
		}
	}
	return of
}

// describeAll asks n in batches.
func (s *scrape) describeAll(ctx context.Context, n *broker.Node, api string, groups []*cluster.Group, describe describer) described {
	a := described{node: n, api: api}
	for batch := range slices.Chunk(groups, groupsPerRequest) {
		known, failed := s.inHalves(ctx, n, batch, describe)
		a.groups, a.failed = append(a.groups, known...), append(a.failed, failed...)
	}
	return a
}

// inHalves describes groups, and where the answer was too large to be read, one
// half after the other.
func (s *scrape) inHalves(ctx context.Context, n *broker.Node, groups []*cluster.Group, describe describer) ([]groupDescription, []groupError) {
	answers, failed := s.describeBatch(ctx, n, groups, describe)
	if len(groups) == 1 || !slices.ContainsFunc(failed, func(g groupError) bool { return kafkaerr.IsTooLarge(g.err) }) {
		return answers, failed
	}
	middle := len(groups) / 2
	answers, failed = s.inHalves(ctx, n, groups[:middle], describe)
	more, moreFailed := s.inHalves(ctx, n, groups[middle:], describe)
	return append(answers, more...), append(failed, moreFailed...)
}

// describeBatch asks one broker for one batch of groups.
func (s *scrape) describeBatch(ctx context.Context, n *broker.Node, groups []*cluster.Group, d describer) ([]groupDescription, []groupError) {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	answers, err := broker.Ask(ctx, n, d.request(names(groups)), d.decode)
	if err != nil {
		return nil, allFailed(groups, err)
	}
	return sortDescriptions(groups, answers)
}

// descriptionMemory is how many bytes of memory a description costs, with its
// place in a map.
const descriptionMemory = 300

// description is what a broker says of one group, by either request.
type description struct {
	code            sarama.KError
	gone            bool
	state, protocol string
	members         int
	rebalancing     bool
	epoch           int32
	epochKnown      bool
	tasks           cluster.Tasks
	assigned        []cluster.Assignment
	assignedKnown   bool
}

// groupDescription is a description, and the group that it is of.
type groupDescription struct {
	group *cluster.Group
	description
}

// sortDescriptions returns which groups were described, and which failed. Of a group
// that is gone by now nothing is said, and nothing is wrong.
func sortDescriptions(groups []*cluster.Group, answers map[string]description) (known []groupDescription, failed []groupError) {
	for _, g := range groups {
		d, answered := answers[g.Name]
		switch {
		case !answered:
			failed = append(failed, groupError{group: g.Name, err: kafkaerr.ErrNotAnswered})
		case d.gone:
		case !kafkaerr.OK(d.code):
			failed = append(failed, groupError{group: g.Name, err: d.code})
		default:
			known = append(known, groupDescription{g, d})
		}
	}
	return known, failed
}

// vanished reports whether the group was deleted after it had been listed.
func vanished(code sarama.KError) bool { return errors.Is(code, sarama.ErrGroupIDNotFound) }

func names(groups []*cluster.Group) []string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.Name
	}
	return names
}
