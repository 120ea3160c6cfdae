// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"slices"
	"strings"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// consumerProtocol is the protocol type of groups that consume topics. Others,
// such as Connect's, put bytes of their own where an assignment would be.
const consumerProtocol = "consumer"

// assignedClassic reads the assignments of a classic group, and tells whether
// they are known. Those of another protocol than the consumers' are left alone:
// their format is between the members, and they assign no partitions.
func (s *scrape) assignedClassic(d *sarama.GroupDescription) ([]cluster.Assignment, bool) {
	if !s.ask.Assignments || d.ProtocolType != consumerProtocol {
		return nil, s.ask.Assignments
	}
	if len(d.Members) > 0 && rebalancing(d.State) {
		return nil, false
	}
	byTopic := assignments{}
	for _, member := range d.Members {
		assignment, err := member.GetMemberAssignment()
		if err != nil {
			return nil, false
		}
		if assignment == nil { // more members than partitions
			continue
		}
		for topic, partitions := range assignment.Topics {
			byTopic.add(topic, partitions)
		}
	}
	return s.sortAssigned(byTopic), true
}

// rebalancing tells that a classic group has no assignments at the moment.
func rebalancing(state string) bool {
	return state == "PreparingRebalance" || state == "CompletingRebalance"
}

// assignedConsumer reads the assignments of a group of KIP-848, which always
// has some.
func (s *scrape) assignedConsumer(d *sarama.ConsumerGroupDescription) ([]cluster.Assignment, bool) {
	if !s.ask.Assignments {
		return nil, false
	}
	byTopic := assignments{}
	for i := range d.Members {
		for _, topic := range d.Members[i].Assignment.TopicPartitions {
			byTopic.add(topic.TopicName, topic.Partitions)
		}
	}
	return s.sortAssigned(byTopic), true
}

// assignments is what members are assigned, by topic.
type assignments map[string]*cluster.Assignment

// add enters what one member is assigned of a topic.
func (a assignments) add(topic string, partitions []int32) {
	if len(partitions) == 0 {
		return
	}
	if a[topic] == nil {
		a[topic] = &cluster.Assignment{Topic: topic}
	}
	a[topic].Members++
	a[topic].Partitions = append(a[topic].Partitions, partitions...)
}

// sortAssigned keeps the topics that are wanted. While partitions move from one
// member to another, two may name the same.
func (s *scrape) sortAssigned(byTopic assignments) []cluster.Assignment {
	assigned := make([]cluster.Assignment, 0, len(byTopic))
	for topic, a := range byTopic {
		if !s.ask.Topic(topic) {
			continue
		}
		slices.Sort(a.Partitions)
		a.Partitions = slices.Compact(a.Partitions)
		assigned = append(assigned, *a)
	}
	slices.SortFunc(assigned, func(x, y cluster.Assignment) int { return strings.Compare(x.Topic, y.Topic) })
	return assigned
}
