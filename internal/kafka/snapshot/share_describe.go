// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// newShareGroupDescribeRequest asks for share groups (KIP-932). It leaves version 0 out, which only the early access of
// Kafka 4.0 had.
func newShareGroupDescribeRequest(groups []string) wire.Request {
	request := kmsg.NewPtrShareGroupDescribeRequest()
	request.GroupIDs = groups
	return wire.Request{Request: request, Min: 1, Max: 1}
}

// decodeShareGroups reads the answer to a ShareGroupDescribe.
func decodeShareGroups(r *wire.Reader) map[string]description {
	answers := map[string]description{}
	for range r.Each(wire.Size{Fixed: 14, Strings: 4, Arrays: 1}) {
		d := description{code: sarama.KError(r.Int16())}
		r.Text() // the error in words
		group := r.String()
		d.state = word(r)
		r.Int32() // the epochs of the group and of its assignment
		r.Int32()
		r.Text() // the assignor
		for range r.Each(wire.Size{Fixed: 4, Strings: 4, Arrays: 2}) {
			d.members++
			skipShareMember(r)
		}
		r.Int32() // what one may do to the group
		d.gone = vanished(d.code)
		if r.Spend(descriptionMemory) {
			answers[group] = d
		}
	}
	return answers
}

// skipShareMember reads a member. All of them share the partitions of the topics that
// they subscribe to, so that nothing follows from what each is assigned.
func skipShareMember(r *wire.Reader) {
	r.Text()  // its id
	r.Text()  // its rack
	r.Int32() // its epoch
	r.Text()  // its client
	r.Text()  // its host
	for range r.Len(wire.Size{}) {
		r.Text() // a topic that it subscribed to
	}
	for range r.Each(wire.Size{Fixed: 16, Strings: 1, Arrays: 1}) {
		r.UUID()
		r.Text()
		r.SkipInt32s()
	}
	r.EndElement() // of its assignment
}
