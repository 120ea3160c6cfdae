// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"errors"
	"slices"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// lookupsPerRequest keeps a broker's thread from being taken up for long: it
// reads index files for each look-up.
const lookupsPerRequest = 500

var errNoTimestamps = errors.New("the broker is older than Kafka 0.10.1: it tells no timestamps")

// Lookup asks the partitions' leaders, side by side and in batches, for the
// first record at or after a time. A partition may be in lookups once. There is
// one answer for each look-up, in no order.
func (f *Finder) Lookup(ctx context.Context, lookups []cluster.Lookup) []cluster.Answer {
	ctx, end := f.pool.until(ctx)
	defer end()
	byLeader := map[int32][]cluster.Lookup{}
	for _, l := range lookups {
		byLeader[l.Leader] = append(byLeader[l.Leader], l)
	}
	nodes := f.pool.brokers()
	answers := slices.Concat(parallel(nodes, func(n *node) []cluster.Answer {
		var answers []cluster.Answer
		for batch := range slices.Chunk(byLeader[n.id], lookupsPerRequest) {
			answers = append(answers, f.lookup(ctx, n, batch)...)
		}
		return answers
	})...)
	for _, n := range nodes {
		delete(byLeader, n.id)
	}
	for _, orphans := range byLeader {
		answers = append(answers, unanswered(orphans, errNoLeader)...)
	}
	return answers
}

// lookup asks one leader.
func (f *Finder) lookup(ctx context.Context, n *node, lookups []cluster.Lookup) []cluster.Answer {
	ctx, cancel := f.pool.withRequestTimeout(ctx)
	defer cancel()
	got, err := ask(ctx, n, apiListOffsets, func(b *sarama.Broker) (*sarama.OffsetResponse, error) {
		request := sarama.NewOffsetRequest(f.pool.version())
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
	f.pool.observe(apiListOffsets, errs...)
	return answers
}

// decodeFound reads one answer. A broker that finds nothing names no offset, or
// no timestamp.
func decodeFound(l cluster.Lookup, block *sarama.OffsetResponseBlock) cluster.Answer {
	switch {
	case block == nil:
		return cluster.Answer{Lookup: l, Err: errNotAnswered}
	case !fine(block.Err):
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
