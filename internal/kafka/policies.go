// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"strings"

	"github.com/IBM/sarama"
)

const cleanupPolicy = "cleanup.policy"

// Compacted tells which of the topics are compacted. A topic whose configuration
// one may not describe counts as not compacted; one that could not be learned
// of is left out. Any broker can tell.
func (f *Finder) Compacted(ctx context.Context, topics []string) map[string]bool {
	ctx, end := f.until(ctx)
	defer end()
	for _, n := range f.client.current() {
		if compacted, err := f.compacted(ctx, n, topics); err == nil {
			return compacted
		}
	}
	return nil
}

func (f *Finder) compacted(ctx context.Context, n *node, topics []string) (map[string]bool, error) {
	ctx, cancel := f.client.step(ctx)
	defer cancel()
	request := newDescribeConfigsRequest(f.client.conf.Version)
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
		if code := sarama.KError(topic.ErrorCode); !fine(code) {
			errs = append(errs, code)
			if code == sarama.ErrTopicAuthorizationFailed {
				compacted[topic.Name] = false // the most likely, and it will not be told
			}
		}
		for _, entry := range topic.Configs {
			if entry.Name == cleanupPolicy {
				compacted[topic.Name] = strings.Contains(entry.Value, "compact")
			}
		}
	}
	f.client.observe(apiDescribeConfigs, errs...)
	return compacted, nil
}
