// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"errors"
	"slices"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
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
			g.Assigned, g.AssignedKnown = d.assigned, d.assignedKnown
		}
	}
	return answers
}

// askMembers learns the groups' members and states from their coordinators,
// in parallel. Nothing else depends on it.
func (s *scrape) askMembers(ctx context.Context, groups []*cluster.Group) []described {
	classic, consumer, share := byCoordinator(groups)
	return slices.Concat(broker.Parallel(s.pool.Brokers(), func(n *broker.Node) []described {
		ctx, cancel := withHalfRemaining(ctx)
		defer cancel()
		return []described{
			s.describeAll(ctx, n, broker.APIDescribeGroups, classic[n.ID], s.describeClassic),
			s.describeAll(ctx, n, broker.APIConsumerGroupDescribe, consumer[n.ID], s.describeConsumer),
			s.describeAll(ctx, n, broker.APIShareGroupDescribe, share[n.ID], s.describeShare),
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
// not known are classic ones: brokers that know other types name them. Streams
// groups have a request of their own, which this client lacks.
func byCoordinator(groups []*cluster.Group) (classic, consumer, share map[int32][]*cluster.Group) {
	classic, consumer, share = map[int32][]*cluster.Group{}, map[int32][]*cluster.Group{}, map[int32][]*cluster.Group{}
	for _, g := range groups {
		switch g.Type {
		case "", cluster.TypeClassic:
			classic[g.Coordinator] = append(classic[g.Coordinator], g)
		case cluster.TypeConsumer:
			consumer[g.Coordinator] = append(consumer[g.Coordinator], g)
		case cluster.TypeShare:
			share[g.Coordinator] = append(share[g.Coordinator], g)
		}
	}
	return classic, consumer, share
}

// describeAll asks n in batches.
func (s *scrape) describeAll(ctx context.Context, n *broker.Node, api string, groups []*cluster.Group, describe describer) described {
	a := described{node: n, api: api}
	for batch := range slices.Chunk(groups, groupsPerRequest) {
		known, failed := inHalves(ctx, n, batch, describe)
		a.groups, a.failed = append(a.groups, known...), append(a.failed, failed...)
	}
	return a
}

// inHalves describes groups, and where the answer was too large to be read, one
// half after the other.
func inHalves(ctx context.Context, n *broker.Node, groups []*cluster.Group, describe describer) ([]groupDescription, []groupError) {
	answers, failed := describe(ctx, n, groups)
	if len(groups) == 1 || !slices.ContainsFunc(failed, func(g groupError) bool { return kafkaerr.IsTooLarge(g.err) }) {
		return answers, failed
	}
	middle := len(groups) / 2
	answers, failed = inHalves(ctx, n, groups[:middle], describe)
	more, moreFailed := inHalves(ctx, n, groups[middle:], describe)
	return append(answers, more...), append(failed, moreFailed...)
}

// describeClassic asks for groups of the protocol that Kafka had from 0.9 on.
func (s *scrape) describeClassic(ctx context.Context, n *broker.Node, groups []*cluster.Group) ([]groupDescription, []groupError) {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	answers, err := broker.Ask(ctx, n, newDescribeGroupsRequest(names(groups)), s.decodeClassic)
	if err != nil {
		return nil, allFailed(groups, err)
	}
	return sortDescriptions(groups, answers)
}

func newDescribeGroupsRequest(groups []string) wire.Request {
	request := kmsg.NewPtrDescribeGroupsRequest()
	request.Groups = groups
	return wire.Request{Request: request, Max: 5, Throttle: 1}
}

// descriptionMemory is how many bytes of memory a description costs, with its
// place in a map.
const descriptionMemory = 300

// decodeClassic reads the answer to a DescribeGroups.
func (s *scrape) decodeClassic(r *wire.Reader) map[string]description {
	const withOperations = 3
	answers := map[string]description{}
	for range r.Each(wire.Size{Fixed: 2, Strings: 4, Arrays: 1}) {
		d := description{code: sarama.KError(r.Int16())}
		group := r.String()
		d.state = word(r)
		kind := r.Text()
		d.protocol = word(r)
		s.decodeClassicMembers(r, &d, string(kind) == consumerProtocol)
		if r.Version >= withOperations {
			r.Int32() // what one may do to the group
		}
		// A group that does not exist, or is of another protocol, is Dead.
		d.gone = d.state == stateDead || vanished(d.code)
		if r.Spend(descriptionMemory) {
			answers[group] = d
		}
	}
	return answers
}

// decodeClassicMembers counts the members of a group, and takes what they are
// assigned where they are consumers.
func (s *scrape) decodeClassicMembers(r *wire.Reader, d *description, consumers bool) {
	const withInstance = 4
	members := assignments{}
	readable := true
	for range r.Each(wire.Size{Strings: 3, Arrays: 2}) {
		d.members++
		r.Text() // its id
		if r.Version >= withInstance {
			r.Text()
		}
		r.Text()  // its client
		r.Text()  // its host
		r.Bytes() // what it subscribed to
		if assignment := r.Bytes(); s.ask.Assignments && consumers && !members.addClassic(r.Part(assignment), assignment) {
			readable = false
		}
	}
	d.assigned, d.assignedKnown = s.assignedClassic(d, members, consumers, readable)
}

// describeConsumer asks for groups of the protocol of KIP-848.
func (s *scrape) describeConsumer(ctx context.Context, n *broker.Node, groups []*cluster.Group) ([]groupDescription, []groupError) {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	answers, err := broker.Ask(ctx, n, newConsumerGroupDescribeRequest(names(groups)), s.decodeConsumer)
	if err != nil {
		return nil, allFailed(groups, err)
	}
	return sortDescriptions(groups, answers)
}

func newConsumerGroupDescribeRequest(groups []string) wire.Request {
	request := kmsg.NewPtrConsumerGroupDescribeRequest()
	request.Groups = groups
	return wire.Request{Request: request, Max: 1}
}

// decodeConsumer reads the answer to a ConsumerGroupDescribe.
func (s *scrape) decodeConsumer(r *wire.Reader) map[string]description {
	answers := map[string]description{}
	for range r.Each(wire.Size{Fixed: 14, Strings: 4, Arrays: 1}) {
		d := description{code: sarama.KError(r.Int16())}
		r.Text() // the error in words
		group := r.String()
		d.state = word(r)
		r.Int32() // the epochs of the group and of its assignment
		r.Int32()
		d.protocol = word(r)
		members := assignments{}
		for range r.Each(wire.Size{Fixed: 4, Strings: 6, Arrays: 3}) {
			d.members++
			s.decodeConsumerMember(r, members)
		}
		r.Int32() // what one may do to the group
		d.gone = vanished(d.code)
		if s.ask.Assignments { // such a group always has some
			d.assigned, d.assignedKnown = s.sortAssigned(members), true
		}
		if r.Spend(descriptionMemory) {
			answers[group] = d
		}
	}
	return answers
}

// decodeConsumerMember takes what one member is assigned.
func (s *scrape) decodeConsumerMember(r *wire.Reader, members assignments) {
	r.Text()  // its id
	r.Text()  // its instance
	r.Text()  // its rack
	r.Int32() // its epoch
	r.Text()  // its client
	r.Text()  // its host
	for range r.Len(wire.Size{}) {
		r.Text() // a topic that it subscribed to
	}
	r.Text() // or their pattern
	members.addConsumer(r, s.ask.Assignments)
	members.addConsumer(r, false) // what it is to be assigned
	if r.Version >= 1 {
		r.Int8() // its kind
	}
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
