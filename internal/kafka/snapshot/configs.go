// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// resourcesPerRequest bounds one answer to about 300 KB.
const resourcesPerRequest = 1000

// configs fills in topics' and brokers' settings, from memory where they were
// asked for a few minutes ago. Nothing else depends on it.
func (s *scrape) configs(ctx context.Context) {
	if due := s.due(time.Now()); len(due) > 0 {
		s.askConfigs(ctx, due)
	}
	s.applySettings()
}

// askConfigs asks in parallel. Any broker knows the settings of any topic, so they
// share the work; of a broker's own settings only itself can.
func (s *scrape) askConfigs(ctx context.Context, due []configResource) {
	nodes := slices.DeleteFunc(s.pool.Brokers(), (*broker.Node).IsDown)
	share := map[int32][]configResource{}
	for i, of := range due {
		id := of.broker
		if of.topic != "" && len(nodes) > 0 {
			id = nodes[i%len(nodes)].ID
		}
		share[id] = append(share[id], of)
	}
	answers := broker.Parallel(nodes, func(n *broker.Node) configsOf { return s.configsOf(ctx, n, share[n.ID]) })
	for _, a := range answers {
		for of, learned := range a.learned {
			s.memory.configs[of] = learned.orElse(s.memory.configs[of])
		}
		if a.err != nil { // what was learned before still serves
			s.failed(broker.Failure(a.node, broker.APIDescribeConfigs, a.err))
		}
	}
}

// configsOf is what one broker answered.
type configsOf struct {
	node    *broker.Node
	learned configCache
	err     error
}

// configsOf asks one broker in batches.
func (s *scrape) configsOf(ctx context.Context, n *broker.Node, resources []configResource) configsOf {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	a := configsOf{node: n, learned: make(configCache, len(resources))}
	for batch := range slices.Chunk(resources, resourcesPerRequest) {
		request := kmsg.NewPtrDescribeConfigsRequest()
		byResource := make(map[string]configResource, len(batch))
		for _, of := range batch {
			resource := s.ask.resource(of)
			request.Resources = append(request.Resources, resource)
			byResource[nameOf(resource.ResourceType, resource.ResourceName)] = of
		}
		answer, err := broker.Ask(ctx, n, wire.DescribeConfigs(request), decodeResources)
		if err != nil {
			a.err = err
			return a
		}
		for _, of := range byResource { // until it is answered
			a.learned[of] = &cachedConfig{node: n, err: kafkaerr.ErrNotAnswered}
		}
		for _, resource := range answer {
			if of, asked := byResource[nameOf(resource.Type, resource.Name)]; asked {
				learned := decodeSetting(of, resource)
				learned.node = n
				if !broker.Retriable(n, learned.err) { // that is asked again in the next scrape
					learned.at = time.Now()
				}
				a.learned[of] = learned
				if !s.expected(learned.err) {
					s.pool.Observe(broker.APIDescribeConfigs, learned.err)
				}
			}
		}
	}
	return a
}

// decodeResources reads an answer.
func decodeResources(r *wire.Reader) []wire.Resource {
	var all []wire.Resource
	wire.EachResource(r, func(resource wire.Resource) { all = append(all, resource) })
	return all
}

// nameOf distinguishes a topic from a broker whose id is its name.
func nameOf(kind kmsg.ConfigResourceType, name string) string { return string(rune(kind)) + name }

// applySettings enters what is known into the snapshot. What may not be read
// stays a failure for as long as that answer serves.
func (s *scrape) applySettings() {
	var failures []cluster.Failure
	var refused []string // topics
	logged := map[configsRefused]bool{}
	s.snapshot.BrokerConfigs = map[int32]cluster.BrokerConfig{}
	for of, known := range s.memory.configs {
		if known.topic != nil {
			s.snapshot.Topics[of.topic].Config = known.topic
		}
		if known.broker != nil {
			s.snapshot.BrokerConfigs[of.broker] = *known.broker
		}
		if s.expected(known.err) {
			refused = append(refused, of.topic)
			continue
		}
		if known.err != nil {
			next := broker.Failure(known.node, broker.APIDescribeConfigs, known.err)
			next.Cause = causeOfConfigs(known.err, next.Cause)
			if refused := (configsRefused{next.Broker, next.Code}); !logged[refused] {
				logged[refused] = true
				failures = append(failures, next)
			}
		}
	}
	s.failed(failures...)
	s.reportRefusedDeletion(refused)
}

// configsRefused is a broker that refuses, and why. That it does so for several
// topics is logged once.
type configsRefused struct {
	broker int32
	code   string
}

// causeOfConfigs names the right that is missing, which is another one than for
// all other requests.
func causeOfConfigs(err error, cause string) string {
	switch {
	case errors.Is(err, sarama.ErrTopicAuthorizationFailed):
		return "an ACL is missing: DescribeConfigs on the topic"
	case errors.Is(err, sarama.ErrClusterAuthorizationFailed):
		return "an ACL is missing: DescribeConfigs on the cluster"
	}
	return cause
}
