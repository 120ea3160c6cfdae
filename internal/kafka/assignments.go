// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"slices"
	"strings"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// consumerProtocol is the protocol type of groups that consume topics. Others,
// such as Connect's, put bytes of their own where an assignment would be.
const consumerProtocol = "consumer"

// assignedClassic is what the members of a classic group are assigned. Bytes
// that are no assignment are left alone: the format is between the members, not
// Kafka's.
func (s *scrape) assignedClassic(d *sarama.GroupDescription) []cluster.Assignment {
	if !s.ask.Assignments || d.ProtocolType != consumerProtocol {
		return nil
	}
	byTopic := assignments{}
	for _, member := range d.Members {
		assignment, err := member.GetMemberAssignment()
		if err != nil || assignment == nil {
			continue
		}
		for topic, partitions := range assignment.Topics {
			byTopic.add(topic, partitions)
		}
	}
	return s.sortAssigned(byTopic)
}

// assignedConsumer is the same for a group of KIP-848.
func (s *scrape) assignedConsumer(d *sarama.ConsumerGroupDescription) []cluster.Assignment {
	if !s.ask.Assignments {
		return nil
	}
	byTopic := assignments{}
	for i := range d.Members {
		for _, topic := range d.Members[i].Assignment.TopicPartitions {
			byTopic.add(topic.TopicName, topic.Partitions)
		}
	}
	return s.sortAssigned(byTopic)
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
