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
	topics  map[string]*cluster.Topic // of the metadata
	owners  bool                      // whose each partition is, too
	read    []int32                   // the partitions that were read last
}

func (s *scrape) newAssignments() *assignments {
	return &assignments{byTopic: map[string]*cluster.Assignment{}, topics: s.snapshot.Topics, owners: s.ask.Owners}
}

// How many bytes of memory a topic costs, with its place in a map, a partition of it,
// and the owner of a partition, while they are sorted.
const (
	assignmentMemory = 120
	assignedMemory   = 8
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

// add takes what one member is assigned of a topic. A client may claim any number of
// partitions: where it is known which there are, others do not count, and where it is
// not, none has an owner.
func (a *assignments) add(r *wire.Reader, name []byte, partitions []int32, of *member) {
	if !r.Spend(assignedMemory * len(partitions)) {
		return
	}
	topic := a.topics[string(name)]
	known := topic != nil && !topic.Unclear
	exists := func(p int32) bool { return !known || topic.Find(p) != nil }
	existing := count(partitions, exists)
	owned := a.owners && known
	if existing == 0 || owned && !r.Spend(ownerMemory*existing) {
		return
	}
	all := a.topic(r, name)
	all.Members++
	all.Partitions = slices.Grow(all.Partitions, existing)
	if owned {
		all.Owners = slices.Grow(all.Owners, existing)
	}
	for _, p := range partitions {
		if !exists(p) {
			continue
		}
		all.Partitions = append(all.Partitions, p)
		if owned {
			all.Owners = append(all.Owners, of.keep(r))
		}
	}
}

func count(partitions []int32, wanted func(int32) bool) int {
	n := 0
	for _, p := range partitions {
		if wanted(p) {
			n++
		}
	}
	return n
}

// topic returns what is assigned of a topic, for more to be added.
func (a *assignments) topic(r *wire.Reader, name []byte) *cluster.Assignment {
	if known := a.byTopic[string(name)]; known != nil {
		return known
	}
	added := &cluster.Assignment{}
	if r.Spend(assignmentMemory) {
		added.Topic = r.Keep(name)
		a.byTopic[added.Topic] = added
	}
	return added
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
