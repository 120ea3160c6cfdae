// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lookup

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

const (
	cleanupPolicy = "cleanup.policy"
	// topicsPerRequest bounds one answer to about 100 KB.
	topicsPerRequest = 1000
)

// Compacted returns which of the topics are compacted. One that could not be
// learned of is left out. Where brokers refuse to say, a topic counts as not
// compacted: one may not describe its configuration, or the brokers are older
// than Kafka 0.11. Any broker knows.
func (c *Client) Compacted(ctx context.Context, topics []string) map[string]bool {
	ctx, end := c.pool.Until(ctx)
	defer end()
	known := make(map[string]bool, len(topics))
	for batch := range slices.Chunk(topics, topicsPerRequest) {
		maps.Copy(known, c.anyCompacted(ctx, batch))
	}
	return known
}

// anyCompacted asks the brokers until one answers.
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
	request := kmsg.NewPtrDescribeConfigsRequest()
	for _, topic := range topics {
		resource := kmsg.NewDescribeConfigsRequestResource()
		resource.ResourceType, resource.ResourceName = kmsg.ConfigResourceTypeTopic, topic
		resource.ConfigNames = []string{cleanupPolicy}
		request.Resources = append(request.Resources, resource)
	}
	answer, err := broker.Ask(ctx, n, wire.DescribeConfigs(request), decodePolicies)
	if err != nil {
		return nil, err
	}
	c.pool.Observe(broker.APIDescribeConfigs, answer.errs...)
	return answer.compacted, nil
}

// policies is what a broker said of topics.
type policies struct {
	compacted map[string]bool
	errs      []error
}

func decodePolicies(r *wire.Reader) policies {
	known := policies{compacted: map[string]bool{}}
	wire.EachResource(r, func(topic wire.Resource) {
		switch code := sarama.KError(topic.Code); {
		case code == sarama.ErrTopicAuthorizationFailed:
			// No error: the rights that the guide asks for are without this one.
			known.compacted[topic.Name] = false
		case !kafkaerr.OK(code):
			known.errs = append(known.errs, code)
		}
		if policy, ok := topic.Settings[cleanupPolicy]; ok {
			known.compacted[topic.Name] = strings.Contains(policy, "compact")
		}
	})
	return known
}
