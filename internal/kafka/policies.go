// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"strings"

	"github.com/IBM/sarama"
)

const (
	apiDescribeConfigs = "DescribeConfigs"
	cleanupPolicy      = "cleanup.policy"
)

// Compacted tells which of the topics are compacted, as far as one may know:
// it takes the right to describe a topic's configuration. Any broker can tell.
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
	answer, err := ask(ctx, n, apiDescribeConfigs, func(b *sarama.Broker) (*sarama.DescribeConfigsResponse, error) {
		return b.DescribeConfigs(newDescribeConfigsRequest(f.client.conf.Version, topics))
	})
	if err != nil {
		return nil, err
	}
	compacted := make(map[string]bool, len(topics))
	var errs []error
	for _, topic := range answer.Resources {
		if code := sarama.KError(topic.ErrorCode); !fine(code) {
			errs = append(errs, code)
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

func newDescribeConfigsRequest(version sarama.KafkaVersion, topics []string) *sarama.DescribeConfigsRequest {
	request := &sarama.DescribeConfigsRequest{}
	switch {
	case version.IsAtLeast(sarama.V2_8_0_0):
		request.Version = 4
	case version.IsAtLeast(sarama.V2_0_0_0):
		request.Version = 2
	case version.IsAtLeast(sarama.V1_1_0_0):
		request.Version = 1
	}
	for _, topic := range topics {
		request.Resources = append(request.Resources, &sarama.ConfigResource{
			Type: sarama.TopicResource, Name: topic, ConfigNames: []string{cleanupPolicy},
		})
	}
	return request
}
