// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
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
func (s *scrape) assignedClassic(d *description, members *assignments, consumers, readable bool) ([]cluster.Assignment, bool) {
	switch {
	case !s.ask.Assignments || !consumers:
		return nil, s.ask.Assignments
	case d.members > 0 && d.rebalancing, !readable:
		return nil, false
	}
	return s.sortAssigned(members), true
}

// rebalancing reports whether a group in that state is giving partitions to its
// members. Classic groups have no assignments then. CompletingRebalance was
// AwaitingSync before Kafka 1.1; the last two are states of KIP-848 and streams groups.
func rebalancing(state string) bool {
	switch state {
	case "PreparingRebalance", "CompletingRebalance", "AwaitingSync", "Assigning", "Reconciling":
		return true
	}
	return false
}

// assignments is what the members of one group are assigned.
type assignments struct {
	byTopic map[string]*cluster.Assignment
	owners  bool    // whose each partition is, too
	read    []int32 // the partitions that were read last
}

func (s *scrape) newAssignments() *assignments {
	return &assignments{byTopic: map[string]*cluster.Assignment{}, owners: s.ask.Owners}
}

// How many bytes of memory a topic costs, with its place in a map, a partition of it,
// and the owner of a partition, while they are sorted.
const (
	assignmentMemory = 120
	assignedMemory   = 4
	ownerMemory      = 24
)

// addClassic takes the assignment of one member of a classic group, and reports
// whether it can be read. It is empty where there are more members than
// partitions.
func (a *assignments) addClassic(r *wire.Reader, assignment []byte, of *member) (readable bool) {
	if len(assignment) == 0 {
		return true
	}
	r.Int16() // the version of the assignment
	for range r.Each(wire.Size{Strings: 1, Arrays: 1}) {
		topic := r.Text()
		a.add(r, topic, a.partitions(r), of)
	}
	return r.OK() // what the members say to each other besides follows
}

// addConsumer takes the assignment of one member of a group of KIP-848, and adds it
// to sum.
func (a *assignments) addConsumer(r *wire.Reader, of *member, sum *assignmentSum) {
	for range r.Each(wire.Size{Fixed: 16, Strings: 1, Arrays: 1}) {
		id := r.UUID()
		topic := r.Text()
		partitions := a.partitions(r)
		sum.add(id[:], partitions)
		if of != nil {
			a.add(r, topic, partitions, of)
		}
	}
	r.EndElement()
}

// partitions reads partitions of a topic, valid until the next are read.
func (a *assignments) partitions(r *wire.Reader) []int32 {
	a.read = r.Int32s(a.read[:0])
	return a.read
}

// add takes what one member is assigned of a topic.
func (a *assignments) add(r *wire.Reader, name []byte, partitions []int32, of *member) {
	if len(partitions) == 0 || !r.Spend(assignedMemory*len(partitions)) {
		return
	}
	topic := a.byTopic[string(name)]
	if topic == nil {
		if !r.Spend(assignmentMemory) {
			return
		}
		topic = &cluster.Assignment{Topic: r.Keep(name)}
		a.byTopic[topic.Topic] = topic
	}
	topic.Members++
	topic.Partitions = append(topic.Partitions, partitions...)
	if a.owners && r.Spend(ownerMemory*len(partitions)) {
		topic.Owners = slices.Grow(topic.Owners, len(partitions))
		for range partitions {
			topic.Owners = append(topic.Owners, of.keep(r))
		}
	}
}

// sortAssigned keeps the topics that are wanted.
func (s *scrape) sortAssigned(a *assignments) []cluster.Assignment {
	assigned := make([]cluster.Assignment, 0, len(a.byTopic))
	for topic, of := range a.byTopic {
		if !s.ask.Topic(topic) {
			continue
		}
		sortPartitions(of)
		assigned = append(assigned, *of)
	}
	slices.SortFunc(assigned, func(x, y cluster.Assignment) int { return strings.Compare(x.Topic, y.Topic) })
	return assigned
}

// sortPartitions names each partition once. While partitions move from one member to
// another, two may name the same: it is the first one's.
func sortPartitions(a *cluster.Assignment) {
	if a.Owners == nil {
		slices.Sort(a.Partitions)
		a.Partitions = slices.Compact(a.Partitions)
		return
	}
	type owned struct {
		partition int32
		by        *cluster.Member
	}
	all := make([]owned, len(a.Partitions))
	for i, p := range a.Partitions {
		all[i] = owned{p, a.Owners[i]}
	}
	slices.SortStableFunc(all, func(x, y owned) int { return cmp.Compare(x.partition, y.partition) })
	all = slices.CompactFunc(all, func(x, y owned) bool { return x.partition == y.partition })
	a.Partitions, a.Owners = a.Partitions[:len(all)], a.Owners[:len(all)]
	for i, o := range all {
		a.Partitions[i], a.Owners[i] = o.partition, o.by
	}
}
