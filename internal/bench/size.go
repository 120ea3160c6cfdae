// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"iter"
)

// size is how large a cluster is. Names follow from numbers, so that what fills
// a cluster and what plays one agree without telling each other.
type size struct {
	brokers, topics, partitions, replicas, groups, commits int
}

func (z size) check() error {
	switch {
	case z.brokers < 1 || z.topics < 1 || z.replicas < 1 || z.groups < 0 || z.commits < 0:
		return errors.New("-nodes, -topics and -replicas must be 1 or more, -groups and -commits 0 or more")
	case z.partitions < z.topics:
		return fmt.Errorf("-partitions counts those of all topics: it must be %d or more", z.topics)
	case z.commits > z.partitions:
		return fmt.Errorf("-commits is per group: it must be %d or less", z.partitions)
	case z.replicas > z.brokers:
		return fmt.Errorf("-replicas must be %d or less", z.brokers)
	}
	return nil
}

// String is for the head of a table.
func (z size) String() string {
	return fmt.Sprintf("%d brokers, %d topics, %d partitions (%d replicas each), %d groups with %d committed partitions each (%d group-partitions)",
		z.brokers, z.topics, z.partitions, z.replicas, z.groups, z.commits, z.groups*z.commits)
}

// doubled is a cluster with twice as much of everything but brokers, so many
// times over.
func (z size) doubled(times int) size {
	z.topics <<= times
	z.partitions <<= times
	z.groups <<= times
	return z
}

func topicName(i int) string { return fmt.Sprintf("orders.shipments.v1.%05d", i) }
func groupName(i int) string { return fmt.Sprintf("billing-service.consumer.%05d", i) }

// partitionsOf spreads the partitions evenly over the topics.
func (z size) partitionsOf(topic int) int {
	n := z.partitions / z.topics
	if topic < z.partitions%z.topics {
		n++
	}
	return n
}

const (
	endOffset       = 1 // each partition has one record
	committedOffset = 0
)

// commitsOf yields the topics that a group committed in, and how many of their
// partitions, from 0 on. Neighbouring groups share most of their topics.
func (z size) commitsOf(group int) iter.Seq2[int, int] {
	return func(yield func(topic, partitions int) bool) {
		left := z.commits
		for topic := group % z.topics; left > 0; topic = (topic + 1) % z.topics {
			n := min(left, z.partitionsOf(topic))
			if !yield(topic, n) {
				return
			}
			left -= n
		}
	}
}
