// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"math"
	"strconv"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// configAge is how long settings serve where no metadata.refresh_interval is
// set. They rarely change, and asking for them is expensive on a large cluster.
const configAge = 5 * time.Minute

// configCache is what was learned of topics' and brokers' configurations. A topic
// that was created anew is another resource.
type configCache map[configResource]*cachedConfig

// configResource is what can be configured: a topic, or, without a name, a broker.
type configResource struct {
	topic  string
	id     cluster.TopicID
	broker int32
}

// cachedConfig is the answer for one resource.
type cachedConfig struct {
	at     time.Time
	node   *broker.Node
	topic  *cluster.TopicConfig
	broker *cluster.BrokerConfig
	err    error
}

// orElse keeps what was learned before where the newer answer is an error.
func (s *cachedConfig) orElse(before *cachedConfig) *cachedConfig {
	if s.err != nil && before != nil {
		s.topic, s.broker = before.topic, before.broker
	}
	return s
}

// Keys of Kafka's configuration.
const (
	minInSync        = "min.insync.replicas"
	retentionTime    = "retention.ms"
	retentionSize    = "retention.bytes"
	remoteStorage    = "remote.storage.enable"
	retentionMillis  = "log.retention.ms"
	retentionMinutes = "log.retention.minutes"
	retentionHours   = "log.retention.hours"
)

// due lists the resources in the snapshot of which nothing young enough is
// known, and forgets those that are not in it.
func (s *scrape) due(now time.Time) []configResource {
	kept := make(configCache, len(s.memory.configs))
	var due []configResource
	check := func(of configResource) {
		known := s.memory.configs[of]
		if known != nil {
			kept[of] = known
		}
		if known == nil || now.Sub(known.at) >= cmp.Or(s.metadata.maxAge, configAge) {
			due = append(due, of)
		}
	}
	ofAll := s.ask.MinInSync || s.ask.TopicRetention
	if ofAll {
		for _, t := range s.snapshot.Topics {
			if !t.Elsewhere {
				check(configResource{topic: t.Name, id: t.ID})
			}
		}
	}
	if s.ask.Deletion {
		for _, t := range s.committedTopics() {
			if !ofAll || t.Elsewhere {
				check(configResource{topic: t.Name, id: t.ID})
			}
		}
	}
	if s.ask.BrokerRetention && !s.snapshot.Elsewhere {
		for id := range s.snapshot.Brokers {
			check(configResource{broker: id})
		}
	}
	s.memory.configs = kept
	return due
}

// resource returns the resource to request for of.
func (q *Request) resource(of configResource) kmsg.DescribeConfigsRequestResource {
	resource := kmsg.NewDescribeConfigsRequestResource()
	if of.topic == "" {
		resource.ResourceType = kmsg.ConfigResourceTypeBroker
		resource.ResourceName = strconv.Itoa(int(of.broker))
		resource.ConfigNames = []string{retentionMillis, retentionMinutes, retentionHours}
		return resource
	}
	resource.ResourceType = kmsg.ConfigResourceTypeTopic
	resource.ResourceName = of.topic
	if q.MinInSync {
		resource.ConfigNames = append(resource.ConfigNames, minInSync)
	}
	if q.Deletion {
		resource.ConfigNames = append(resource.ConfigNames, cleanupPolicy)
	}
	if q.Deletion || q.TopicRetention {
		resource.ConfigNames = append(resource.ConfigNames, retentionTime)
	}
	if q.DeletionBySize || q.TopicRetention {
		resource.ConfigNames = append(resource.ConfigNames, retentionSize)
	}
	if q.DeletionBySize {
		resource.ConfigNames = append(resource.ConfigNames, remoteStorage)
	}
	return resource
}

// decodeSetting reads a broker's answer about one resource.
func decodeSetting(of configResource, resource wire.Resource) *cachedConfig {
	if code := sarama.KError(resource.Code); !kafkaerr.OK(code) {
		return &cachedConfig{err: code}
	}
	numbers := make(map[string]*int64, len(resource.Settings))
	for name, value := range resource.Settings {
		if n, err := strconv.ParseInt(value, 10, 64); err == nil { // empty is not set
			numbers[name] = &n
		}
	}
	if of.topic == "" {
		return &cachedConfig{broker: &cluster.BrokerConfig{RetentionTime: brokerRetention(numbers)}}
	}
	return &cachedConfig{topic: &cluster.TopicConfig{
		MinInSync:     numbers[minInSync],
		Deletes:       deletes(resource.Settings),
		RetentionTime: atLeastNoLimit(numbers[retentionTime], 1),
		RetentionSize: atLeastNoLimit(numbers[retentionSize], 1),
		Tiered:        resource.Settings[remoteStorage] == "true",
	}}
}

// brokerRetention is the key that rules, in milliseconds: the finest that is
// set.
func brokerRetention(numbers map[string]*int64) *int64 {
	for _, key := range []struct {
		name string
		unit time.Duration
	}{
		{retentionMillis, time.Millisecond},
		{retentionMinutes, time.Minute},
		{retentionHours, time.Hour},
	} {
		if n := numbers[key.name]; n != nil {
			return atLeastNoLimit(n, key.unit.Milliseconds())
		}
	}
	return nil
}

// atLeastNoLimit multiplies, and takes anything below 0 for no limit, as Kafka
// does. What does not fit a number is not known.
func atLeastNoLimit(n *int64, unit int64) *int64 {
	if n == nil || *n > math.MaxInt64/unit {
		return nil
	}
	limit := cluster.NoLimit
	if *n >= 0 {
		limit = *n * unit
	}
	return &limit
}
