// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"slices"
	"strings"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// consumerProtocol is the protocol type of groups that consume topics. Others,
// such as Connect's, put bytes of their own where an assignment would be.
const consumerProtocol = "consumer"

// assignedClassic returns what the members of a classic group are assigned, and
// whether that is known. Assignments of another protocol than the consumers' are
// left alone: their format is between the members, and they assign no partitions.
func (s *scrape) assignedClassic(d *description, members assignments, consumers, readable bool) ([]cluster.Assignment, bool) {
	switch {
	case !s.ask.Assignments || !consumers:
		return nil, s.ask.Assignments
	case d.members > 0 && rebalancing(d.state), !readable:
		return nil, false
	}
	return s.sortAssigned(members), true
}

// rebalancing reports whether a classic group has no assignments at the moment.
func rebalancing(state string) bool {
	return state == "PreparingRebalance" || state == "CompletingRebalance"
}

// assignments is what members are assigned, by topic.
type assignments map[string]*cluster.Assignment

// assignmentMemory is how many bytes of memory a topic costs, with its place in a
// map.
const assignmentMemory = 120

// addClassic takes the assignment of one member of a classic group, and reports
// whether it can be read. It is empty where there are more members than
// partitions.
func (a assignments) addClassic(r *wire.Reader, assignment []byte) (readable bool) {
	if len(assignment) == 0 {
		return true
	}
	r.Int16() // the version of the assignment
	for range r.Each(wire.Size{Strings: 1, Arrays: 1}) {
		a.addTopic(r, r.Text())
	}
	return r.OK() // what the members say to each other besides follows
}

// addConsumer takes the assignment of one member of a group of KIP-848, or skips
// it.
func (a assignments) addConsumer(r *wire.Reader, wanted bool) {
	for range r.Each(wire.Size{Fixed: 16, Strings: 1, Arrays: 1}) {
		r.UUID()
		topic := r.Text()
		if wanted {
			a.addTopic(r, topic)
		} else {
			r.SkipInt32s()
		}
	}
	r.EndElement()
}

// addTopic reads what one member is assigned of a topic.
func (a assignments) addTopic(r *wire.Reader, name []byte) {
	topic := a[string(name)]
	if topic == nil {
		topic = &cluster.Assignment{}
	}
	before := len(topic.Partitions)
	topic.Partitions = r.Int32s(topic.Partitions)
	if len(topic.Partitions) == before {
		return
	}
	topic.Members++
	if topic.Topic == "" && r.Spend(assignmentMemory) {
		topic.Topic = r.Keep(name)
		a[topic.Topic] = topic
	}
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
