// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// scrape is one snapshot in the making. Brokers are asked side by side; what
// they answer is put together by the one goroutine that asked.
type scrape struct {
	*Client
	ask      Questions
	snapshot *cluster.Snapshot
}

// newScrape begins with what the metadata says of the topics that are wanted.
func newScrape(c *Client, ask Questions) *scrape {
	meta := c.meta
	s := &scrape{Client: c, ask: ask, snapshot: &cluster.Snapshot{
		ClusterID: meta.clusterID,
		Brokers:   meta.brokers,
		Topics:    make(map[string]*cluster.Topic, len(meta.topics)),
		Groups:    map[string]*cluster.Group{},
	}}
	s.failed(c.stale...)
	for name, topic := range meta.topics {
		if !ask.Topic(name) {
			s.snapshot.FilteredTopics++
			continue
		}
		mine := *topic
		mine.Partitions = slices.Clone(topic.Partitions)
		s.snapshot.Topics[name] = &mine
		if code, unclear := meta.unclear[name]; unclear {
			s.failed(failure(meta.from, apiMetadata, code, 0, max(1, len(mine.Partitions))))
		}
	}
	return s
}

// failed notes what could not be learned.
func (s *scrape) failed(failures ...cluster.Failure) {
	s.snapshot.Failures = append(s.snapshot.Failures, failures...)
}

// current lists the brokers of the newest metadata.
func (c *Client) current() []*node {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sorted()
}

// sideBySide asks every broker at once and returns their answers in the same
// order.
func sideBySide[T any](nodes []*node, ask func(*node) T) []T {
	answers := make([]T, len(nodes))
	var wait sync.WaitGroup
	for i, n := range nodes {
		wait.Go(func() { answers[i] = ask(n) })
	}
	wait.Wait()
	return answers
}

// settle gives the cluster a moment, then learns anew who leads and
// coordinates what. Brokers that failed fast get one more chance. It tells
// whether there is anybody to ask again.
func (s *scrape) settle(ctx context.Context) bool {
	if !pause(ctx, retryPause) {
		return false
	}
	for _, n := range s.current() {
		n.forgive()
	}
	if err := s.refresh(ctx); err != nil {
		return false
	}
	s.snapshot.Brokers = s.meta.brokers
	for name, topic := range s.snapshot.Topics {
		if now := s.meta.topics[name]; now != nil && now.ID == topic.ID {
			follow(topic, now)
		}
	}
	return true
}

// follow takes over who leads and replicates a topic's partitions. Those
// added meanwhile wait for the next scrape.
func follow(topic, now *cluster.Topic) {
	for i := range topic.Partitions {
		p := &topic.Partitions[i]
		at, found := slices.BinarySearchFunc(now.Partitions, p.ID, func(n cluster.Partition, id int32) int {
			return cmp.Compare(n.ID, id)
		})
		if found {
			n := &now.Partitions[at]
			p.Leader, p.Replicas, p.InSync = n.Leader, n.Replicas, n.InSync
		}
	}
}
