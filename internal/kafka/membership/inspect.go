// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package membership

import (
	"context"
	"errors"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// Inspect returns the members that the group has, as far as the coordinator tells. It
// returns an error if it is a group of others: one without members can be joined with
// any protocol type, and its own members would be locked out.
func (c *Client) Inspect(ctx context.Context) ([]coordination.Member, error) {
	c.coordinator = cluster.NoBroker // so that what is known of it is not older than the membership
	found, err := ask(ctx, c, newDescribeGroupRequest(c.group), c.decodeGroup, func(g group) sarama.KError { return ifExists(g.code) })
	if errors.Is(err, coordination.ErrOtherCluster) {
		c.pool.Forget() // who is no member has nothing to do with the old one
	}
	if err != nil {
		return nil, err
	}
	if found.protocolType != "" && found.protocolType != string(c.kind) {
		return nil, refused("%q is %q: must be a group of its own, and that one is of protocol type %q", groupKey, c.group, kafkaerr.Clip(found.protocolType))
	}
	committed, err := ask(ctx, c, newCommitsRequest(c.group), decodeCommits, func(c commits) sarama.KError { return ifExists(c.code) })
	if err != nil {
		return nil, err
	}
	if committed.topic != "" {
		return nil, refused("%q is %q: must be a group of its own, and that one has committed offsets, in topic %q", groupKey, c.group, kafkaerr.Clip(committed.topic))
	}
	return found.members, nil
}

// ifExists takes a group that does not exist for one that is empty.
func ifExists(code sarama.KError) sarama.KError {
	if code == sarama.ErrGroupIDNotFound {
		return sarama.ErrNoError
	}
	return code
}

// group is the group as its coordinator describes it.
type group struct {
	code         sarama.KError
	protocolType string
	members      []coordination.Member
}

func newDescribeGroupRequest(name string) wire.Request {
	request := kmsg.NewPtrDescribeGroupsRequest()
	request.Groups = []string{name}
	return wire.Request{Request: request, Min: 4, Max: 5, Throttle: 1}
}

// memberMemory is how many bytes of memory a member costs, beside its texts.
const memberMemory = 40

// decodeGroup reads the answer, in which groups other than the one asked for do not count.
func (c *Client) decodeGroup(r *wire.Reader) group {
	answer := group{code: sarama.ErrUnknown}
	for range r.Each(wire.Size{Fixed: 2, Strings: 4, Arrays: 1}) {
		g := group{code: sarama.KError(r.Int16())}
		name := string(r.Text())
		r.Text() // its state
		g.protocolType = r.String()
		r.Text() // its protocol
		n := r.Len(wire.Size{Strings: 4, Arrays: 2})
		if !r.Spend(memberMemory * n) {
			return answer
		}
		g.members = make([]coordination.Member, 0, n)
		for range r.Elements(n) {
			m := coordination.Member{ID: r.String()}
			r.Text() // its instance id
			r.Text() // its client id
			r.Text() // its host
			m.Introduction = keep(r, r.Bytes())
			r.Bytes() // its assignment
			g.members = append(g.members, m)
		}
		r.Int32() // what one may do to the group
		if name == c.group {
			answer = g
		}
	}
	return answer
}

// keep returns a copy that outlives the answer.
func keep(r *wire.Reader, bytes []byte) []byte {
	if !r.Spend(len(bytes)) {
		return nil
	}
	return append([]byte(nil), bytes...)
}

// commits is whether the group has committed something.
type commits struct {
	code  sarama.KError
	topic string // one in which it has
}

func newCommitsRequest(name string) wire.Request {
	request := kmsg.NewPtrOffsetFetchRequest()
	request.Group = name
	return wire.Request{Request: request, Min: 2, Max: 5, Throttle: 3}
}

func decodeCommits(r *wire.Reader) commits {
	const withEpoch = 5
	var answer commits
	for range r.Each(wire.Size{Strings: 1, Arrays: 1}) {
		topic := r.Text()
		for range r.Each(wire.Size{Fixed: 14, Strings: 1}) {
			r.Int32() // the partition
			offset := r.Int64()
			if r.Version >= withEpoch {
				r.Int32()
			}
			r.Text() // a note of the consumer's own
			r.Int16()
			if offset >= 0 && answer.topic == "" {
				answer.topic = r.Keep(topic)
			}
		}
	}
	answer.code = sarama.KError(r.Int16())
	return answer
}
