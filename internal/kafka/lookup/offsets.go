// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lookup

import (
	"context"
	"errors"
	"slices"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// lookupsPerRequest keeps a broker's thread from being taken up for long: it
// reads index files for each look-up.
const lookupsPerRequest = 500

var errNoTimestamps = errors.New("the broker is older than Kafka 0.10.1: its answers have no timestamps")

// Lookup asks the partitions' leaders, in parallel and in batches, for the
// first record at or after a time. A partition may be in lookups once. There is
// one answer for each look-up, in no order.
func (c *Client) Lookup(ctx context.Context, lookups []cluster.Lookup) []cluster.Answer {
	ctx, end := c.pool.Until(ctx)
	defer end()
	byLeader := map[int32][]cluster.Lookup{}
	for _, l := range lookups {
		byLeader[l.Leader] = append(byLeader[l.Leader], l)
	}
	nodes := c.pool.Brokers()
	answers := slices.Concat(broker.Parallel(nodes, func(n *broker.Node) []cluster.Answer {
		var answers []cluster.Answer
		for batch := range slices.Chunk(byLeader[n.ID], lookupsPerRequest) {
			answers = append(answers, c.lookup(ctx, n, batch)...)
		}
		return answers
	})...)
	for _, n := range nodes {
		delete(byLeader, n.ID)
	}
	c.reportRefused(answers)
	for _, orphans := range byLeader {
		answers = append(answers, unanswered(orphans, kafkaerr.ErrNoLeader)...)
	}
	return answers
}

// lookup asks one leader.
func (c *Client) lookup(ctx context.Context, n *broker.Node, lookups []cluster.Lookup) []cluster.Answer {
	ctx, cancel := c.pool.WithRequestTimeout(ctx)
	defer cancel()
	answer, err := broker.Ask(ctx, n, newLookupRequest(lookups), func(r *wire.Reader) answers { return decodeAnswers(r, lookups) })
	switch {
	case err != nil:
		return unanswered(lookups, err)
	case answer.version == 0:
		return unanswered(lookups, errNoTimestamps)
	}
	errs := make([]error, len(lookups))
	for i := range answer.found {
		errs[i] = answer.found[i].Err
	}
	c.pool.Observe(broker.APIListOffsets, errs...)
	return answer.found
}

func newLookupRequest(lookups []cluster.Lookup) wire.Request {
	request := kmsg.NewPtrListOffsetsRequest()
	request.ReplicaID = -1 // not a broker
	topics := map[string]int{}
	for _, l := range lookups {
		i, named := topics[l.Topic]
		if !named {
			i = len(request.Topics)
			topics[l.Topic] = i
			topic := kmsg.NewListOffsetsRequestTopic()
			topic.Topic = l.Topic
			request.Topics = append(request.Topics, topic)
		}
		partition := kmsg.NewListOffsetsRequestTopicPartition()
		partition.Partition, partition.Timestamp, partition.MaxNumOffsets = l.Partition, int64(l.At), 1
		request.Topics[i].Partitions = append(request.Topics[i].Partitions, partition)
	}
	return wire.ListOffsets(request)
}

// answers is what a leader answered, one for each look-up.
type answers struct {
	version int16
	found   []cluster.Answer
}

// decodeAnswers reads a leader's answer to lookups.
func decodeAnswers(r *wire.Reader, lookups []cluster.Lookup) answers {
	type partition struct {
		topic string
		id    int32
	}
	index := make(map[partition]int, len(lookups))
	for i, l := range lookups {
		index[partition{l.Topic, l.Partition}] = i
	}
	a := answers{r.Version, unanswered(lookups, kafkaerr.ErrNotAnswered)}
	wire.EachOffset(r, func(p wire.PartitionOffset) {
		if i, asked := index[partition{string(p.Topic), p.Partition}]; asked {
			a.found[i] = decodeFound(lookups[i], p)
		}
	})
	return a
}

// decodeFound reads one answer. A broker that finds nothing names no offset, or
// no timestamp.
func decodeFound(l cluster.Lookup, found wire.PartitionOffset) cluster.Answer {
	switch code := sarama.KError(found.Code); {
	case !kafkaerr.OK(code):
		return cluster.Answer{Lookup: l, Err: code}
	case found.Offset < 0 || found.Timestamp < 0:
		return cluster.Answer{Lookup: l, Offset: cluster.None}
	}
	return cluster.Answer{Lookup: l, Offset: cluster.Offset(found.Offset), Time: cluster.Timestamp(found.Timestamp)}
}

func unanswered(lookups []cluster.Lookup, err error) []cluster.Answer {
	answers := make([]cluster.Answer, len(lookups))
	for i, l := range lookups {
		answers[i] = cluster.Answer{Lookup: l, Err: err}
	}
	return answers
}
