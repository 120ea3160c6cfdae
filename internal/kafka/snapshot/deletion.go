// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"errors"
	"slices"
	"strings"

	"github.com/IBM/sarama"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// cleanupPolicy is the key of what becomes of a topic's old records.
const cleanupPolicy = "cleanup.policy"

// committedTopics lists the topics in which a group has committed. What share groups
// have completed is no commit.
func (s *scrape) committedTopics() []*cluster.Topic {
	known := map[string]*cluster.Topic{}
	for _, g := range s.snapshot.Groups {
		if g.Type == cluster.TypeShare {
			continue
		}
		for _, commits := range g.Commits {
			topic := s.snapshot.Topics[commits.Topic]
			if topic == nil || known[topic.Name] != nil {
				continue
			}
			if slices.ContainsFunc(commits.Partitions, func(c cluster.Commit) bool { return c.Offset != cluster.None }) {
				known[topic.Name] = topic
			}
		}
	}
	topics := make([]*cluster.Topic, 0, len(known))
	for _, topic := range known {
		topics = append(topics, topic)
	}
	return topics
}

// deletes reads a cleanup.policy: whether old records are deleted. Nil where it is
// not known.
func deletes(settings map[string]string) *bool {
	policy, known := settings[cleanupPolicy]
	if !known {
		return nil
	}
	return new(strings.Contains(policy, "delete"))
}

// expected reports whether an error is a refusal that a login without further rights
// gets: what is on by default needs none, and does without where it is refused.
func (s *scrape) expected(err error) bool {
	return errors.Is(err, sarama.ErrTopicAuthorizationFailed) && !s.ask.MinInSync && !s.ask.TopicRetention
}

// reportRefusedDeletion says once which right is missing.
func (s *scrape) reportRefusedDeletion(topics []string) {
	if len(topics) == 0 || s.memory.refusedDeletion {
		return
	}
	s.memory.refusedDeletion = true
	s.log.Info("This login may not read the settings of topics: how long their records are kept, and so "+
		"kafka.consumer_group.retention_margin, is absent for them",
		zap.String("remedy", "allow DescribeConfigs on the topics"),
		zap.Int("topics", len(topics)), zap.String("first", slices.Min(topics)))
}
