// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lookup

import (
	"context"
	"errors"
	"slices"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// lookupsPerRequest keeps a broker's thread from being taken up for long: it
// reads index files for each look-up.
const lookupsPerRequest = 500

var errNoTimestamps = errors.New("the broker is older than Kafka 0.10.1: it tells no timestamps")

// Lookup asks the partitions' leaders, side by side and in batches, for the
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
	for _, orphans := range byLeader {
		answers = append(answers, unanswered(orphans, kafkaerr.ErrNoLeader)...)
	}
	return answers
}

// lookup asks one leader.
func (c *Client) lookup(ctx context.Context, n *broker.Node, lookups []cluster.Lookup) []cluster.Answer {
	ctx, cancel := c.pool.WithRequestTimeout(ctx)
	defer cancel()
	got, err := broker.Ask(ctx, n, broker.APIListOffsets, func(b *sarama.Broker) (*sarama.OffsetResponse, error) {
		request := sarama.NewOffsetRequest(c.pool.Version())
		for _, l := range lookups {
			request.AddBlock(l.Topic, l.Partition, int64(l.At), 1)
		}
		return b.GetAvailableOffsets(request)
	})
	switch {
	case err != nil:
		return unanswered(lookups, err)
	case got.Version == 0:
		return unanswered(lookups, errNoTimestamps)
	}
	answers := make([]cluster.Answer, len(lookups))
	errs := make([]error, len(lookups))
	for i, l := range lookups {
		answers[i] = decodeFound(l, got.Blocks[l.Topic][l.Partition])
		errs[i] = answers[i].Err
	}
	c.pool.Observe(broker.APIListOffsets, errs...)
	return answers
}

// decodeFound reads one answer. A broker that finds nothing names no offset, or
// no timestamp.
func decodeFound(l cluster.Lookup, block *sarama.OffsetResponseBlock) cluster.Answer {
	switch {
	case block == nil:
		return cluster.Answer{Lookup: l, Err: kafkaerr.ErrNotAnswered}
	case !kafkaerr.OK(block.Err):
		return cluster.Answer{Lookup: l, Err: block.Err}
	case block.Offset < 0 || block.Timestamp < 0:
		return cluster.Answer{Lookup: l, Offset: cluster.None}
	}
	return cluster.Answer{Lookup: l, Offset: cluster.Offset(block.Offset), Time: cluster.Timestamp(block.Timestamp)}
}

func unanswered(lookups []cluster.Lookup, err error) []cluster.Answer {
	answers := make([]cluster.Answer, len(lookups))
	for i, l := range lookups {
		answers[i] = cluster.Answer{Lookup: l, Err: err}
	}
	return answers
}
