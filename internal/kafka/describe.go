// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"errors"
	"slices"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

const (
	apiDescribeGroups        = "DescribeGroups"
	apiConsumerGroupDescribe = "ConsumerGroupDescribe"
)

// describer asks one broker for one batch of groups, fills in what it is told,
// and returns the groups that failed.
type describer func(ctx context.Context, n *node, groups []*cluster.Group) []groupError

// describe learns the groups' members and states from their coordinators.
// Nothing else depends on it.
func (s *scrape) describe(ctx context.Context) {
	if s.ask.Group == nil || !s.ask.Describe {
		return
	}
	classic, consumer := s.byCoordinator()
	answers := sideBySide(s.current(), func(n *node) []cluster.Failure {
		ctx, cancel := s.step(ctx)
		defer cancel()
		return slices.Concat(
			s.describeAll(ctx, n, apiDescribeGroups, classic[n.id], s.describeClassic),
			s.describeAll(ctx, n, apiConsumerGroupDescribe, consumer[n.id], s.describeConsumer))
	})
	s.failed(slices.Concat(answers...)...)
}

// byCoordinator sorts the groups by whom to ask, and how. Those whose type is
// not told are classic ones: brokers that know other types tell them. Share
// and streams groups have requests of their own, which this client lacks.
func (s *scrape) byCoordinator() (classic, consumer map[int32][]*cluster.Group) {
	classic, consumer = map[int32][]*cluster.Group{}, map[int32][]*cluster.Group{}
	for _, g := range s.snapshot.Groups {
		switch g.Type {
		case "", "classic":
			classic[g.Coordinator] = append(classic[g.Coordinator], g)
		case "consumer":
			consumer[g.Coordinator] = append(consumer[g.Coordinator], g)
		}
	}
	return classic, consumer
}

// describeAll asks n in batches and puts the failures together by error.
func (s *scrape) describeAll(ctx context.Context, n *node, api string, groups []*cluster.Group, describe describer) []cluster.Failure {
	var failed []groupError
	for batch := range slices.Chunk(groups, groupsPerRequest) {
		failed = append(failed, describe(ctx, n, batch)...)
	}
	s.observeGroups(api, failed)
	return mergeGroups(n, api, failed)
}

// describeClassic asks for groups of the protocol that Kafka had from 0.9 on.
func (s *scrape) describeClassic(ctx context.Context, n *node, groups []*cluster.Group) []groupError {
	answer, err := ask(ctx, n, apiDescribeGroups, func(b *sarama.Broker) (*sarama.DescribeGroupsResponse, error) {
		return b.DescribeGroups(newDescribeGroupsRequest(s.conf.Version, names(groups)))
	})
	if err != nil {
		return allFailed(groups, err)
	}
	byName := byName(groups)
	var failed []groupError
	for _, d := range answer.Groups {
		g := byName[d.GroupId]
		switch {
		case g == nil || vanished(d.Err):
		case !fine(d.Err):
			failed = append(failed, groupError{d.GroupId, d.Err})
		default:
			g.State, g.Protocol, g.Members, g.Described = d.State, d.Protocol, len(d.Members), true
		}
	}
	return failed
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
func (s *scrape) describeConsumer(ctx context.Context, n *node, groups []*cluster.Group) []groupError {
	answer, err := ask(ctx, n, apiConsumerGroupDescribe, func(b *sarama.Broker) (*sarama.ConsumerGroupDescribeResponse, error) {
		request := sarama.NewConsumerGroupDescribeRequest(s.conf.Version)
		request.GroupIDs = names(groups)
		return b.ConsumerGroupDescribe(request)
	})
	if err != nil {
		return allFailed(groups, err)
	}
	byName := byName(groups)
	var failed []groupError
	for i := range answer.Groups {
		d := &answer.Groups[i]
		g := byName[d.GroupID]
		switch {
		case g == nil || vanished(d.ErrorCode):
		case !fine(d.ErrorCode):
			failed = append(failed, groupError{d.GroupID, d.ErrorCode})
		default:
			g.State, g.Protocol, g.Members, g.Described = d.GroupState, d.AssignorName, len(d.Members), true
		}
	}
	return failed
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

func byName(groups []*cluster.Group) map[string]*cluster.Group {
	byName := make(map[string]*cluster.Group, len(groups))
	for _, g := range groups {
		byName[g.Name] = g
	}
	return byName
}
