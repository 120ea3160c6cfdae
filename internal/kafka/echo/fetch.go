// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package echo

import (
	"context"
	"errors"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// maxFetched is how many bytes of records are read at once: a probe's take some 150. A
// larger record of somebody else's still comes whole.
const maxFetched = 64 << 10

// IsOutOfRange reports whether err says that the partition does not have the offset (any
// more).
func IsOutOfRange(err error) bool { return errors.Is(err, sarama.ErrOffsetOutOfRange) }

// Fetch reads records of a partition that the broker leads, from an offset on. Where
// there is none yet, it waits for one as long as wait. It returns by ctx's deadline.
func (c *Client) Fetch(ctx context.Context, leader, partition int32, from int64, wait time.Duration) (Batches, error) {
	ctx, release := c.pool.Until(ctx)
	defer release()
	n := c.node(leader)
	if n == nil {
		return Batches{}, kafkaerr.ErrNoLeader
	}
	request := newFetchRequest(c.topic, partition, from, wait)
	answer, err := broker.Ask(ctx, n, request, func(r *wire.Reader) fetched { return decodeFetched(r, c.topic, partition, from) })
	switch {
	case err != nil:
		return Batches{}, err
	case !kafkaerr.OK(answer.code):
		return Batches{}, answer.code
	case !answer.named:
		return Batches{}, kafkaerr.ErrNotAnswered
	}
	return answer.batches, nil
}

func newFetchRequest(name string, partition int32, from int64, wait time.Duration) wire.Request {
	of := kmsg.NewFetchRequestTopicPartition()
	of.Partition, of.FetchOffset, of.PartitionMaxBytes = partition, from, maxFetched
	topic := kmsg.NewFetchRequestTopic()
	topic.Topic = name
	topic.Partitions = append(topic.Partitions, of)
	request := kmsg.NewPtrFetchRequest()
	request.MaxWaitMillis, request.MinBytes, request.MaxBytes = int32(wait.Milliseconds()), 1, maxFetched
	request.Topics = append(request.Topics, topic)
	return wire.Request{Request: request, Min: 4, Max: 11, Throttle: 1}
}

// fetched is what the leader answered about the partition.
type fetched struct {
	named   bool
	code    sarama.KError // of the partition, or of the whole
	batches Batches
}

func decodeFetched(r *wire.Reader, topic string, partition int32, from int64) fetched {
	const withTotal, withStart, withPreferred = 7, 5, 11
	answer := fetched{code: sarama.ErrNoError}
	if r.Version >= withTotal {
		answer.code = sarama.KError(r.Int16())
		r.Int32() // the session: none was asked for
	}
	for range r.Each(wire.Size{Strings: 1, Arrays: 1}) {
		ours := string(r.Text()) == topic
		for range r.Each(wire.Size{Fixed: 22, Arrays: 2}) {
			id, code := r.Int32(), sarama.KError(r.Int16())
			r.Int64() // the high watermark
			r.Int64() // the last stable offset
			if r.Version >= withStart {
				r.Int64()
			}
			for range r.Each(wire.Size{Fixed: 16}) { // aborted transactions
				r.Int64()
				r.Int64()
			}
			if r.Version >= withPreferred {
				r.Int32()
			}
			records := r.Bytes()
			if ours && id == partition && kafkaerr.OK(answer.code) {
				answer = fetched{true, code, readBatches(r, records, from)}
			}
		}
	}
	return answer
}
