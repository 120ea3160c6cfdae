// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package echo

import (
	"context"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// FindCoordinator asks one broker, whichever answers, who coordinates the group.
func (c *Client) FindCoordinator(ctx context.Context, group string) (int32, error) {
	ctx, release := c.pool.Until(ctx)
	defer release()
	nodes, _ := c.pool.Candidates(nil)
	err := kafkaerr.ErrNoBrokers
	for _, n := range nodes {
		var id int32
		if id, err = c.askCoordinator(ctx, n, group); err == nil {
			return id, nil
		}
	}
	return cluster.NoBroker, err
}

// askCoordinator does not wait long for one broker, as there are others.
func (c *Client) askCoordinator(ctx context.Context, n *broker.Node, group string) (int32, error) {
	ctx, cancel := c.pool.WithPatience(ctx)
	defer cancel()
	answer, err := broker.Ask(ctx, n, newFindCoordinatorRequest(group), decodeCoordinator)
	if err == nil && !kafkaerr.OK(answer.code) {
		err = answer.code
	}
	return answer.id, err
}

func newFindCoordinatorRequest(group string) wire.Request {
	request := kmsg.NewPtrFindCoordinatorRequest()
	request.CoordinatorKey = group
	return wire.Request{Request: request, Max: 2, Throttle: 1}
}

// coordinator is who coordinates a group.
type coordinator struct {
	code sarama.KError
	id   int32
}

func decodeCoordinator(r *wire.Reader) coordinator {
	answer := coordinator{code: sarama.KError(r.Int16())}
	if r.Version >= 1 {
		r.Text() // the error in words
	}
	answer.id = r.Int32()
	r.Text() // its host
	r.Int32()
	return answer
}

// Commit commits offsets, by partition, for a group that has no members, at its
// coordinator. It returns by ctx's deadline.
func (c *Client) Commit(ctx context.Context, coordinator int32, group string, offsets map[int32]int64) error {
	ctx, release := c.pool.Until(ctx)
	defer release()
	n := c.node(coordinator)
	if n == nil {
		return sarama.ErrConsumerCoordinatorNotAvailable
	}
	answer, err := broker.Ask(ctx, n, newCommitRequest(c.topic, group, offsets), decodeCommitted)
	switch {
	case err != nil:
		return err
	case answer.partitions < len(offsets):
		return kafkaerr.ErrNotAnswered
	case !kafkaerr.OK(answer.code):
		return answer.code
	}
	return nil
}

func newCommitRequest(name, group string, offsets map[int32]int64) wire.Request {
	topic := kmsg.NewOffsetCommitRequestTopic()
	topic.Topic = name
	for partition, offset := range offsets {
		of := kmsg.NewOffsetCommitRequestTopicPartition()
		of.Partition, of.Offset = partition, offset
		topic.Partitions = append(topic.Partitions, of)
	}
	request := kmsg.NewPtrOffsetCommitRequest()
	request.Group, request.Generation = group, -1 // no member commits
	request.Topics = append(request.Topics, topic)
	return wire.Request{Request: request, Min: 2, Max: 7, Throttle: 3}
}

// committed is what the coordinator answered about the partitions.
type committed struct {
	partitions int           // how many it names
	code       sarama.KError // of one that failed, if any did
}

func decodeCommitted(r *wire.Reader) committed {
	answer := committed{code: sarama.ErrNoError}
	for range r.Each(wire.Size{Strings: 1, Arrays: 1}) {
		r.Text() // partitions of only one topic were committed
		for range r.Each(wire.Size{Fixed: 6}) {
			r.Int32()
			answer.partitions++
			if code := sarama.KError(r.Int16()); !kafkaerr.OK(code) {
				answer.code = code
			}
		}
	}
	return answer
}
