// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lookup

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

const (
	cleanupPolicy = "cleanup.policy"
	// topicsPerRequest bounds one answer to about 100 KB.
	topicsPerRequest = 1000
)

// Compacted tells which of the topics are compacted. One that could not be
// learned of is left out. Where it will not be told, a topic counts as not
// compacted: one may not describe its configuration, or the brokers are older
// than Kafka 0.11. Any broker can tell.
func (c *Client) Compacted(ctx context.Context, topics []string) map[string]bool {
	ctx, end := c.pool.Until(ctx)
	defer end()
	told := make(map[string]bool, len(topics))
	for batch := range slices.Chunk(topics, topicsPerRequest) {
		maps.Copy(told, c.anyCompacted(ctx, batch))
	}
	return told
}

// anyCompacted asks the brokers until one tells.
func (c *Client) anyCompacted(ctx context.Context, topics []string) map[string]bool {
	old := false
	for _, n := range c.pool.Brokers() {
		compacted, err := c.compacted(ctx, n, topics)
		if err == nil {
			return compacted
		}
		old = old || kafkaerr.IsUnsupported(err)
	}
	if !old {
		return nil
	}
	plain := make(map[string]bool, len(topics))
	for _, topic := range topics {
		plain[topic] = false
	}
	return plain
}

func (c *Client) compacted(ctx context.Context, n *broker.Node, topics []string) (map[string]bool, error) {
	ctx, cancel := c.pool.WithRequestTimeout(ctx)
	defer cancel()
	request := broker.NewDescribeConfigsRequest(c.pool.Version())
	for _, topic := range topics {
		request.Resources = append(request.Resources, &sarama.ConfigResource{
			Type: sarama.TopicResource, Name: topic, ConfigNames: []string{cleanupPolicy},
		})
	}
	answer, err := broker.Ask(ctx, n, broker.APIDescribeConfigs, func(b *sarama.Broker) (*sarama.DescribeConfigsResponse, error) {
		return b.DescribeConfigs(request)
	})
	if err != nil {
		return nil, err
	}
	compacted := make(map[string]bool, len(topics))
	var errs []error
	for _, topic := range answer.Resources {
		switch code := sarama.KError(topic.ErrorCode); {
		case code == sarama.ErrTopicAuthorizationFailed:
			// No error: the rights that the guide asks for are without this one.
			compacted[topic.Name] = false
		case !kafkaerr.OK(code):
			errs = append(errs, code)
		}
		for _, entry := range topic.Configs {
			if entry.Name == cleanupPolicy {
				compacted[topic.Name] = strings.Contains(entry.Value, "compact")
			}
		}
	}
	c.pool.Observe(broker.APIDescribeConfigs, errs...)
	return compacted, nil
}
