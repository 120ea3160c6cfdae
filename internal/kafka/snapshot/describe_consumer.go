// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// newConsumerGroupDescribeRequest asks for groups of the protocol of KIP-848.
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
		d.rebalancing = rebalancing(d.state)
		d.epoch, d.epochKnown = r.Int32(), true
		r.Int32() // that of the assignment: it differs while the state is Assigning
		d.protocol = word(r)
		members := s.newAssignments()
		for range r.Each(wire.Size{Fixed: 4, Strings: 6, Arrays: 3}) {
			d.members++
			if settled := s.decodeConsumerMember(r, members); !settled {
				d.rebalancing = true
			}
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

// decodeConsumerMember takes what one member is assigned, and reports whether that is
// what it is to be assigned.
func (s *scrape) decodeConsumerMember(r *wire.Reader, members *assignments) (settled bool) {
	var m member
	r.Text() // its id
	m.instance = r.Text()
	r.Text()  // its rack
	r.Int32() // its epoch
	m.client = r.Text()
	m.host = r.Text()
	for range r.Len(wire.Size{}) {
		r.Text() // a topic that it subscribed to
	}
	r.Text() // or their pattern
	of := &m
	if !s.ask.Assignments {
		of = nil
	}
	var has, target assignmentSum
	members.addConsumer(r, of, &has)
	members.addConsumer(r, nil, &target)
	if r.Version >= 1 {
		r.Int8() // its kind
	}
	return has == target
}
