// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

const (
	// topicsPerRequest is how many topics one request names.
	topicsPerRequest = 1000
	// partitionsPerPage is what brokers put into one answer at most, if they are not
	// configured otherwise.
	partitionsPerPage = 2000
)

// errCursor is an answer that says to go on where it began, or where nothing was asked
// about.
var errCursor = errors.New("the next page does not begin after this one, or with another topic")

// eligibleLeaders learns how many replicas may lead although they are not in sync
// (KIP-966), of the partitions with fewer replicas in sync than their topic asks for: others
// have none. Nothing else depends on it.
func (s *scrape) eligibleLeaders(ctx context.Context) {
	if !s.ask.EligibleLeaders {
		return
	}
	ctx, cancel := withHalfRemaining(ctx)
	defer cancel()
	for topics := range slices.Chunk(s.topicsUnderMinInSync(), topicsPerRequest) {
		if !s.eligibleLeadersIn(ctx, topics) {
			return
		}
	}
}

// topicsUnderMinInSync lists the topics that have such a partition, sorted.
func (s *scrape) topicsUnderMinInSync() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s.snapshot.Topics)) {
		topic := s.snapshot.Topics[name]
		if !topic.Elsewhere && slices.ContainsFunc(topic.Partitions, func(p cluster.Partition) bool { return topic.UnderMinInSync(&p) }) {
			names = append(names, name)
		}
	}
	return names
}

// eligibleLeadersIn asks about topics, one page after the other, and reports whether all
// was answered.
func (s *scrape) eligibleLeadersIn(ctx context.Context, topics []string) bool {
	refused := map[string]sarama.KError{}
	defer s.refusedEligibleLeaders(refused)
	var from *pageCursor
	for range s.countPartitions(topics) + 1 { // a page has one partition at least
		answer, answered := askController(ctx, s, newDescribeTopicPartitionsRequest(topics, from), s.decodeEligibleLeaders)
		if !answered {
			return false
		}
		for p, n := range answer.eligible {
			p.EligibleLeaders, p.EligibleLeadersKnown = n, true
		}
		maps.Copy(refused, answer.refused) // each page repeats them
		next := answer.next
		if next == nil {
			return true
		}
		if _, asked := slices.BinarySearch(topics, next.topic); !asked || from != nil && !from.before(next) {
			break
		}
		from = next
	}
	s.failed(broker.Failure(s.controller(), broker.APIDescribeTopicPartitions, &wire.MalformedError{
		API: broker.APIDescribeTopicPartitions, Err: errCursor,
	}))
	return false
}

// countPartitions returns how many partitions the topics have together.
func (s *scrape) countPartitions(topics []string) int {
	sum := 0
	for _, name := range topics {
		sum += len(s.snapshot.Topics[name].Partitions)
	}
	return sum
}

// pageCursor is the partition that a page begins with.
type pageCursor topicPartition

// before reports whether c comes before other in the order of pages.
func (c *pageCursor) before(other *pageCursor) bool {
	return cmp.Or(cmp.Compare(c.topic, other.topic), cmp.Compare(c.partition, other.partition)) < 0
}

func newDescribeTopicPartitionsRequest(topics []string, from *pageCursor) wire.Request {
	request := kmsg.NewPtrDescribeTopicPartitionsRequest()
	request.ResponsePartitionLimit = partitionsPerPage
	for _, name := range topics {
		topic := kmsg.NewDescribeTopicPartitionsRequestTopic()
		topic.Topic = name
		request.Topics = append(request.Topics, topic)
	}
	if from != nil {
		request.Cursor = &kmsg.DescribeTopicPartitionsRequestCursor{Topic: from.topic, Partition: from.partition}
	}
	return wire.Request{Request: request}
}

// eligibleLeadersOf is one page.
type eligibleLeadersOf struct {
	eligible map[*cluster.Partition]int32
	refused  map[string]sarama.KError // the errors of topics
	next     *pageCursor              // nil: this is the last one
}

// err is nil: each topic has an error of its own.
func (eligibleLeadersOf) err() error { return nil }

// eligibleMemory is the bytes of memory that a partition or a topic's error costs.
const eligibleMemory = 40

func (s *scrape) decodeEligibleLeaders(r *wire.Reader) eligibleLeadersOf {
	a := eligibleLeadersOf{eligible: map[*cluster.Partition]int32{}, refused: map[string]sarama.KError{}}
	for range r.Each(wire.Size{Fixed: 23, Strings: 1, Arrays: 1}) {
		code := sarama.KError(r.Int16())
		topic := s.snapshot.Topics[string(r.Text())]
		if !kafkaerr.OK(code) && topic != nil && r.Spend(eligibleMemory) {
			a.refused[topic.Name] = code
		}
		r.UUID()
		r.Bool() // whether it is one of Kafka's own
		s.decodeEligiblePartitions(r, topic, &a)
		r.Int32() // what one may do to the topic
	}
	if present := r.Int8(); present > 0 {
		a.next = &pageCursor{topic: r.String(), partition: r.Int32()}
		r.EndElement()
	}
	return a
}

// decodeEligiblePartitions reads the partitions of a topic, nil for one that was not asked
// about.
func (s *scrape) decodeEligiblePartitions(r *wire.Reader, topic *cluster.Topic, a *eligibleLeadersOf) {
	for range r.Each(wire.Size{Fixed: 14, Arrays: 5}) {
		r.Int16() // an error: that there is no leader
		id := r.Int32()
		r.Int32() // the leader
		r.Int32() // its epoch
		r.SkipInt32s()
		r.SkipInt32s()
		eligible := r.CountInt32s()
		r.SkipInt32s() // those that were eligible last
		r.SkipInt32s()
		if topic == nil {
			continue
		}
		if p := topic.Find(id); p != nil && topic.UnderMinInSync(p) && r.Spend(eligibleMemory) {
			a.eligible[p] = int32(eligible)
		}
	}
}

// refusedEligibleLeaders reports each error once, of however many topics.
func (s *scrape) refusedEligibleLeaders(refused map[string]sarama.KError) {
	for _, code := range slices.Compact(slices.Sorted(maps.Values(refused))) {
		s.pool.Observe(broker.APIDescribeTopicPartitions, code)
		s.failed(broker.Failure(s.controller(), broker.APIDescribeTopicPartitions, code))
	}
}
