// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/IBM/sarama"
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
func (f *Finder) Compacted(ctx context.Context, topics []string) map[string]bool {
	ctx, end := f.pool.until(ctx)
	defer end()
	told := make(map[string]bool, len(topics))
	for batch := range slices.Chunk(topics, topicsPerRequest) {
		maps.Copy(told, f.anyCompacted(ctx, batch))
	}
	return told
}

// anyCompacted asks the brokers until one tells.
func (f *Finder) anyCompacted(ctx context.Context, topics []string) map[string]bool {
	old := false
	for _, n := range f.pool.brokers() {
		compacted, err := f.compacted(ctx, n, topics)
		if err == nil {
			return compacted
		}
		old = old || unsupported(err)
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

func (f *Finder) compacted(ctx context.Context, n *node, topics []string) (map[string]bool, error) {
	ctx, cancel := f.pool.withRequestTimeout(ctx)
	defer cancel()
	request := newDescribeConfigsRequest(f.pool.version())
	for _, topic := range topics {
		request.Resources = append(request.Resources, &sarama.ConfigResource{
			Type: sarama.TopicResource, Name: topic, ConfigNames: []string{cleanupPolicy},
		})
	}
	answer, err := ask(ctx, n, apiDescribeConfigs, func(b *sarama.Broker) (*sarama.DescribeConfigsResponse, error) {
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
		case !fine(code):
			errs = append(errs, code)
		}
		for _, entry := range topic.Configs {
			if entry.Name == cleanupPolicy {
				compacted[topic.Name] = strings.Contains(entry.Value, "compact")
			}
		}
	}
	f.pool.observe(apiDescribeConfigs, errs...)
	return compacted, nil
}
