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

// never is a version that no request has: its answer does not begin with a throttle time.
const never = 1 << 14

var errOffset = errors.New("the answer to Produce acknowledges a record without an offset")

// Produce writes a record to a partition that the broker leads and returns its offset,
// once all replicas in sync have it. It returns by ctx's deadline.
func (c *Client) Produce(ctx context.Context, leader, partition int32, value []byte, at time.Time) (int64, error) {
	ctx, release := c.pool.Until(ctx)
	defer release()
	n := c.node(leader)
	if n == nil {
		return 0, kafkaerr.ErrNoLeader
	}
	request := newProduceRequest(c.topic, partition, newBatch(value, at), remaining(ctx))
	answer, err := broker.Ask(ctx, n, request, func(r *wire.Reader) produced { return decodeProduced(r, c.topic, partition) })
	switch {
	case err != nil:
		return 0, err
	case !answer.named:
		return 0, kafkaerr.ErrNotAnswered
	case !kafkaerr.OK(answer.code):
		return 0, answer.code
	case answer.offset < 0:
		return 0, errOffset
	}
	return answer.offset, nil
}

func newProduceRequest(name string, partition int32, records []byte, limit int32) wire.Request {
	of := kmsg.NewProduceRequestTopicPartition()
	of.Partition, of.Records = partition, records
	topic := kmsg.NewProduceRequestTopic()
	topic.Topic = name
	topic.Partitions = append(topic.Partitions, of)
	request := kmsg.NewPtrProduceRequest()
	request.Acks = -1 // all replicas in sync
	request.TimeoutMillis = limit
	request.Topics = append(request.Topics, topic)
	return wire.Request{Request: request, Min: 3, Max: 7, Throttle: never}
}

// produced is what the leader answered about the partition.
type produced struct {
	named  bool
	code   sarama.KError
	offset int64
}

func decodeProduced(r *wire.Reader, topic string, partition int32) produced {
	var answer produced
	for range r.Each(wire.Size{Strings: 1, Arrays: 1}) {
		ours := string(r.Text()) == topic
		for range r.Each(wire.Size{Fixed: 22}) {
			id := r.Int32()
			of := produced{true, sarama.KError(r.Int16()), r.Int64()}
			r.Int64() // when it was appended, where the topic says so
			const withStart = 5
			if r.Version >= withStart {
				r.Int64()
			}
			if ours && id == partition {
				answer = of
			}
		}
	}
	r.Int32() // the throttle time: so small a record exceeds no quota
	return answer
}
