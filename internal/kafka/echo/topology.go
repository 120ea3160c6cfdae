// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package echo

import (
	"context"
	"errors"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// Topology is the brokers of a cluster and the partitions of the topic.
type Topology struct {
	ClusterID string
	Brokers   map[int32]cluster.Broker
	// Partitions is sorted by id. Err is why they are not known, see [IsMissing].
	Partitions []cluster.Partition
	Err        error

	controller int32
}

// IsMissing reports whether err says that there is no such topic, or that this login is
// not to know of one.
func IsMissing(err error) bool {
	return errors.Is(err, sarama.ErrUnknownTopicOrPartition) || errors.Is(err, sarama.ErrTopicAuthorizationFailed)
}

// IsExisting reports whether err says that the topic is there already.
func IsExisting(err error) bool { return errors.Is(err, sarama.ErrTopicAlreadyExists) }

// IsHidden reports whether err says that this login is not to know of the topic.
func IsHidden(err error) bool { return errors.Is(err, sarama.ErrTopicAuthorizationFailed) }

// Setting is a setting of the topic.
type Setting struct{ Name, Value string }

// Create creates the topic with a partition for each list of replicas, the first one of
// which is to lead it.
func (c *Client) Create(ctx context.Context, in Topology, assignment [][]int32, settings []Setting) error {
	ctx, release := c.pool.Until(ctx)
	defer release()
	ctx, cancel := c.pool.WithRequestTimeout(ctx)
	defer cancel()
	n := c.node(in.controller)
	if n == nil {
		return kafkaerr.ErrNoBrokers
	}
	request := newCreateTopicsRequest(c.topic, assignment, settings, remaining(ctx))
	answer, err := broker.Ask(ctx, n, request, decodeCreated)
	switch {
	case err != nil:
		return err
	case !answer.named:
		return kafkaerr.ErrNotAnswered
	case kafkaerr.OK(answer.code):
		return nil
	}
	return answer.code
}

func newCreateTopicsRequest(name string, assignment [][]int32, settings []Setting, limit int32) wire.Request {
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic = name
	topic.NumPartitions, topic.ReplicationFactor = -1, -1 // the assignment says
	for i, replicas := range assignment {
		partition := kmsg.NewCreateTopicsRequestTopicReplicaAssignment()
		partition.Partition, partition.Replicas = int32(i), replicas
		topic.ReplicaAssignment = append(topic.ReplicaAssignment, partition)
	}
	for _, s := range settings {
		config := kmsg.NewCreateTopicsRequestTopicConfig()
		config.Name, config.Value = s.Name, new(s.Value)
		topic.Configs = append(topic.Configs, config)
	}
	request := kmsg.NewPtrCreateTopicsRequest()
	request.TimeoutMillis = limit
	request.Topics = append(request.Topics, topic)
	return wire.Request{Request: request, Max: 4, Throttle: 2}
}

// created is what the controller answered about the topic.
type created struct {
	named bool
	code  sarama.KError
}

func decodeCreated(r *wire.Reader) created {
	var answer created
	for range r.Each(wire.Size{Fixed: 2, Strings: 1}) {
		r.Text() // only one was asked for
		answer = created{true, sarama.KError(r.Int16())}
		if r.Version >= 1 {
			r.Text() // the error in words
		}
	}
	return answer
}
