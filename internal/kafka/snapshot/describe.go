// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"errors"
	"slices"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// Types of groups, as ListGroups tells them.
const (
	typeClassic  = "classic"
	typeConsumer = "consumer"
)

// stateDead is that of a classic group which does not exist.
const stateDead = "Dead"

// describer asks one broker for one batch of groups.
type describer func(ctx context.Context, n *broker.Node, groups []*cluster.Group) ([]groupDescription, []groupError)

// describe has what failed in a way that passes asked once more, of the
// coordinators that list the groups then. It returns the groups that were not
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

// described is what one broker told of its groups, and of which it did not.
type described struct {
	node   *broker.Node
	api    string
	told   []groupDescription
	failed []groupError
}

// enterDescriptions enters what was told into the snapshot, and returns the
// answers as they were.
func (s *scrape) enterDescriptions(answers []described) []described {
	for _, a := range answers {
		s.observeGroups(a.api, a.failed)
		for _, t := range a.told {
			g, d := t.group, t.description
			g.State, g.Protocol, g.Members, g.Described = d.state, d.protocol, d.members, true
			g.Assigned, g.AssignedKnown = d.assigned, d.assignedKnown
		}
	}
	return answers
}

// askMembers learns the groups' members and states from their coordinators,
// side by side. Nothing else depends on it.
func (s *scrape) askMembers(ctx context.Context, groups []*cluster.Group) []described {
	classic, consumer := byCoordinator(groups)
	return slices.Concat(broker.Parallel(s.pool.Brokers(), func(n *broker.Node) []described {
		ctx, cancel := withHalfRemaining(ctx)
		defer cancel()
		return []described{
			s.describeAll(ctx, n, broker.APIDescribeGroups, classic[n.ID], s.describeClassic),
			s.describeAll(ctx, n, broker.APIConsumerGroupDescribe, consumer[n.ID], s.describeConsumer),
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

// byCoordinator sorts the groups by whom to ask, and how. Those whose type is
// not told are classic ones: brokers that know other types tell them. Share
// and streams groups have requests of their own, which this client lacks.
func byCoordinator(groups []*cluster.Group) (classic, consumer map[int32][]*cluster.Group) {
	classic, consumer = map[int32][]*cluster.Group{}, map[int32][]*cluster.Group{}
	for _, g := range groups {
		switch g.Type {
		case "", typeClassic:
			classic[g.Coordinator] = append(classic[g.Coordinator], g)
		case typeConsumer:
			consumer[g.Coordinator] = append(consumer[g.Coordinator], g)
		}
	}
	return classic, consumer
}

// describeAll asks n in batches.
func (s *scrape) describeAll(ctx context.Context, n *broker.Node, api string, groups []*cluster.Group, describe describer) described {
	a := described{node: n, api: api}
	for batch := range slices.Chunk(groups, groupsPerRequest) {
		told, failed := inHalves(ctx, n, batch, describe)
		a.told, a.failed = append(a.told, told...), append(a.failed, failed...)
	}
	return a
}

// inHalves describes groups, and where the answer was too large to be read, one
// half after the other.
func inHalves(ctx context.Context, n *broker.Node, groups []*cluster.Group, describe describer) ([]groupDescription, []groupError) {
	told, failed := describe(ctx, n, groups)
	if len(groups) == 1 || !slices.ContainsFunc(failed, func(g groupError) bool { return kafkaerr.IsTooLarge(g.err) }) {
		return told, failed
	}
	middle := len(groups) / 2
	told, failed = inHalves(ctx, n, groups[:middle], describe)
	more, moreFailed := inHalves(ctx, n, groups[middle:], describe)
	return append(told, more...), append(failed, moreFailed...)
}

// describeClassic asks for groups of the protocol that Kafka had from 0.9 on.
func (s *scrape) describeClassic(ctx context.Context, n *broker.Node, groups []*cluster.Group) ([]groupDescription, []groupError) {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	answer, err := broker.Ask(ctx, n, broker.APIDescribeGroups, func(b *sarama.Broker) (*sarama.DescribeGroupsResponse, error) {
		return b.DescribeGroups(newDescribeGroupsRequest(s.pool.Version(), names(groups)))
	})
	if err != nil {
		return nil, allFailed(groups, err)
	}
	answers := make(map[string]description, len(answer.Groups))
	for _, d := range answer.Groups {
		// A group that does not exist, or is of another protocol, is Dead.
		gone := d.State == stateDead || vanished(d.Err)
		assigned, known := s.assignedClassic(d)
		answers[d.GroupId] = description{
			code: d.Err, gone: gone, state: d.State, protocol: d.Protocol, members: len(d.Members),
			assigned: assigned, assignedKnown: known,
		}
	}
	return sortDescriptions(groups, answers)
}

func newDescribeGroupsRequest(version sarama.KafkaVersion, groups []string) *sarama.DescribeGroupsRequest {
	request := &sarama.DescribeGroupsRequest{Groups: groups}
	switch {
	case version.IsAtLeast(sarama.V2_4_0_0):
		request.Version = 5
	case version.IsAtLeast(sarama.V2_3_0_0):
		request.Version = 3
	case version.IsAtLeast(sarama.V2_0_0_0):
		request.Version = 2
	case version.IsAtLeast(sarama.V0_11_0_0):
		request.Version = 1
	}
	return request
}

// describeConsumer asks for groups of the protocol of KIP-848.
func (s *scrape) describeConsumer(ctx context.Context, n *broker.Node, groups []*cluster.Group) ([]groupDescription, []groupError) {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	answer, err := broker.Ask(ctx, n, broker.APIConsumerGroupDescribe, func(b *sarama.Broker) (*sarama.ConsumerGroupDescribeResponse, error) {
		request := sarama.NewConsumerGroupDescribeRequest(s.pool.Version())
		request.GroupIDs = names(groups)
		return b.ConsumerGroupDescribe(request)
	})
	if err != nil {
		return nil, allFailed(groups, err)
	}
	answers := make(map[string]description, len(answer.Groups))
	for i := range answer.Groups {
		d := &answer.Groups[i]
		assigned, known := s.assignedConsumer(d)
		answers[d.GroupID] = description{
			code: d.ErrorCode, gone: vanished(d.ErrorCode), state: d.GroupState, protocol: d.AssignorName, members: len(d.Members),
			assigned: assigned, assignedKnown: known,
		}
	}
	return sortDescriptions(groups, answers)
}

// description is what a broker says of one group, by either request.
type description struct {
	code            sarama.KError
	gone            bool
	state, protocol string
	members         int
	assigned        []cluster.Assignment
	assignedKnown   bool
}

// groupDescription is a description, and the group that it is of.
type groupDescription struct {
	group *cluster.Group
	description
}

// sortDescriptions returns which groups were told of, and which failed. Of a group
// that is gone by now nothing is said, and nothing is wrong.
func sortDescriptions(groups []*cluster.Group, answers map[string]description) (told []groupDescription, failed []groupError) {
	for _, g := range groups {
		d, answered := answers[g.Name]
		switch {
		case !answered:
			failed = append(failed, groupError{group: g.Name, err: kafkaerr.ErrNotAnswered})
		case d.gone:
		case !kafkaerr.OK(d.code):
			failed = append(failed, groupError{group: g.Name, err: d.code})
		default:
			told = append(told, groupDescription{g, d})
		}
	}
	return told, failed
}

// vanished tells that the group was deleted after it had been listed.
func vanished(code sarama.KError) bool { return errors.Is(code, sarama.ErrGroupIDNotFound) }

func names(groups []*cluster.Group) []string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.Name
	}
	return names
}
