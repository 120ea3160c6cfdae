// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// stateDead is that of a classic group which does not exist.
const stateDead = "Dead"

// newDescribeGroupsRequest asks for groups of the protocol that Kafka had from 0.9 on.
func newDescribeGroupsRequest(groups []string) wire.Request {
	request := kmsg.NewPtrDescribeGroupsRequest()
	request.Groups = groups
	return wire.Request{Request: request, Max: 5, Throttle: 1}
}

// decodeClassic reads the answer to a DescribeGroups.
func (s *scrape) decodeClassic(r *wire.Reader) map[string]description {
	const withOperations = 3
	answers := map[string]description{}
	for range r.Each(wire.Size{Fixed: 2, Strings: 4, Arrays: 1}) {
		d := description{code: sarama.KError(r.Int16())}
		group := r.String()
		d.state = word(r)
		d.rebalancing = rebalancing(d.state)
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
	members := s.newAssignments()
	readable := true
	for range r.Each(wire.Size{Strings: 3, Arrays: 2}) {
		d.members++
		var m member
		r.Text() // its id
		if r.Version >= withInstance {
			m.instance = r.Text()
		}
		m.client = r.Text()
		m.host = r.Text()
		r.Bytes() // what it subscribed to
		if assignment := r.Bytes(); s.ask.Assignments && consumers && !members.addClassic(r.Part(assignment), assignment, &m) {
			readable = false
		}
	}
	d.assigned, d.assignedKnown = s.assignedClassic(d, members, consumers, readable)
}
