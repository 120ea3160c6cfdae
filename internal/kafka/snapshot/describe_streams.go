// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"slices"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// newStreamsGroupDescribeRequest asks for streams groups (KIP-1071). Version 1 has more
// of their topologies, which nothing here needs.
func newStreamsGroupDescribeRequest(groups []string) wire.Request {
	request := kmsg.NewPtrStreamsGroupDescribeRequest()
	request.Groups = groups
	return wire.Request{Request: request, Max: 0}
}

// decodeStreams reads the answer to a StreamsGroupDescribe.
func (s *scrape) decodeStreams(r *wire.Reader) map[string]description {
	answers := map[string]description{}
	for range r.Each(wire.Size{Fixed: 15, Strings: 3, Arrays: 1}) {
		d := description{code: sarama.KError(r.Int16())}
		r.Text() // the error in words
		group := r.String()
		d.state = word(r)
		d.rebalancing = rebalancing(d.state)
		d.epoch, d.epochKnown = r.Int32(), true
		r.Int32() // that of the assignment: it differs while the state is Assigning
		g := streamsGroup{assignments: s.newAssignments()}
		g.decodeTopology(r, s.ask.Assignments)
		for range r.Each(wire.Size{Fixed: 12, Strings: 6, Arrays: 9}) {
			d.members++
			if settled := g.decodeMember(r, &d.tasks); !settled {
				d.rebalancing = true
			}
		}
		r.Int32() // what one may do to the group
		d.gone = vanished(d.code)
		if s.ask.Assignments {
			d.assigned, d.assignedKnown = s.sortAssigned(g.assignments), !g.incomplete
		}
		if r.Spend(descriptionMemory) {
			answers[group] = d
		}
	}
	return answers
}

// streamsGroup is what a streams group is assigned. Its members have tasks, each of
// which is a subtopology and the number of a partition: it reads the partition of that
// number of every topic that is a source of the subtopology.
type streamsGroup struct {
	*assignments

	sources    map[string][][]byte // topics, by subtopology; nil if not asked for
	incomplete bool                // a member has a task of a subtopology that is not there
}

// How many bytes of memory a subtopology and one of its sources cost.
const (
	subtopologyMemory = 150
	sourceMemory      = 24
)

// decodeTopology reads which topics the subtopologies read, where that is wanted.
func (g *streamsGroup) decodeTopology(r *wire.Reader, wanted bool) {
	if wanted {
		g.sources = map[string][][]byte{}
	}
	if absent(r) {
		return
	}
	r.Int32() // its epoch
	for range r.Each(wire.Size{Strings: 1, Arrays: 4}) {
		id := r.Text()
		sources := decodeTopics(r)
		skipTexts(r) // the topics between subtopologies that it writes
		decodeInternalTopics(r, nil)
		sources = decodeInternalTopics(r, sources)
		if wanted && r.Spend(subtopologyMemory+len(id)) {
			g.sources[string(id)] = sources
		}
	}
	r.EndElement()
}

// absent reads whether a structure follows.
func absent(r *wire.Reader) bool { return r.Int8() < 0 }

// decodeTopics reads names of topics, valid while the answer is read.
func decodeTopics(r *wire.Reader) [][]byte {
	n := r.Len(wire.Size{})
	if !r.Spend(sourceMemory * n) {
		return nil
	}
	topics := make([][]byte, n)
	for i := range topics {
		topics[i] = r.Text()
	}
	return topics
}

// decodeInternalTopics reads topics that the application has created, and appends
// them to to unless that is nil.
func decodeInternalTopics(r *wire.Reader, to [][]byte) [][]byte {
	n := r.Len(wire.Size{Fixed: 6, Strings: 1, Arrays: 1})
	if to != nil && r.Spend(sourceMemory*n) {
		to = slices.Grow(to, n)
	}
	for range r.Elements(n) {
		topic := r.Text()
		r.Int32() // its partitions
		r.Int16() // its replicas
		skipPairs(r)
		if to != nil {
			to = append(to, topic)
		}
	}
	return to
}

func skipTexts(r *wire.Reader) {
	for range r.Len(wire.Size{}) {
		r.Text()
	}
}

func skipPairs(r *wire.Reader) {
	for range r.Each(wire.Size{Strings: 2}) {
		r.Text()
		r.Text()
	}
}

// decodeMember counts the tasks of one member, and reports whether they are those that
// it is to have.
func (g *streamsGroup) decodeMember(r *wire.Reader, counts *cluster.Tasks) (settled bool) {
	var m member
	r.Text()  // its id
	r.Int32() // its epoch
	m.instance = r.Text()
	r.Text() // its rack
	m.client = r.Text()
	m.host = r.Text()
	r.Int32() // the epoch of its topology
	r.Text()  // the id of its process
	if !absent(r) {
		r.Text() // where it answers queries
		r.Int16()
		r.EndElement()
	}
	skipPairs(r)   // its tags
	skipOffsets(r) // of its tasks, which brokers up to 4.4 leave empty
	skipOffsets(r)
	has := g.decodeTasks(r, &m)
	target := g.decodeTasks(r, nil)
	r.Bool() // whether it still has the classic protocol
	counts.Active += has.counts[activeTasks]
	counts.Standby += has.counts[standbyTasks]
	counts.Warmup += has.counts[warmupTasks]
	return has.sums == target.sums
}

func skipOffsets(r *wire.Reader) {
	for range r.Each(wire.Size{Fixed: 12, Strings: 1}) {
		r.Text()
		r.Int32()
		r.Int64()
	}
}

// Kinds of tasks, in the order in which brokers return them.
const (
	activeTasks = iota
	standbyTasks
	warmupTasks
	taskKinds
)

// tasks is those of one member.
type tasks struct {
	counts [taskKinds]int
	sums   [taskKinds]assignmentSum
}

// decodeTasks reads the tasks of one member. If of is not nil, the active ones among them
// are assigned to it: others read no source topic.
func (g *streamsGroup) decodeTasks(r *wire.Reader, of *member) (t tasks) {
	for kind := range taskKinds {
		for range r.Each(wire.Size{Strings: 1, Arrays: 1}) {
			id := r.Text()
			partitions := g.partitions(r)
			t.counts[kind] += len(partitions)
			t.sums[kind].add(id, partitions)
			if of != nil && kind == activeTasks && len(partitions) > 0 {
				g.assign(r, id, partitions, of)
			}
		}
	}
	r.EndElement()
	return t
}

// assign takes which partitions of its sources a member reads for a subtopology.
func (g *streamsGroup) assign(r *wire.Reader, subtopology []byte, partitions []int32, of *member) {
	sources, known := g.sources[string(subtopology)]
	if !known {
		g.incomplete = true
	}
	for _, topic := range sources {
		g.add(r, topic, partitions, of)
	}
}
