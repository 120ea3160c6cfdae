// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"time"
)

// size is how large a cluster is. Names follow from numbers, so that what fills
// a cluster and what plays one agree without exchanging anything.
type size struct {
	brokers, topics, partitions, replicas, records, groups, commits int
}

func (z size) check() error {
	switch {
	case z.brokers < 1 || z.topics < 1 || z.replicas < 1 || z.records < 1 || z.groups < 0 || z.commits < 0:
		return errors.New("-nodes, -topics, -replicas and -records must be 1 or more, -groups and -commits 0 or more")
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
	return fmt.Sprintf("%d brokers, %d topics, %d partitions (%d replicas and %d records each), %d groups with %d committed partitions each (%d group-partitions)",
		z.brokers, z.topics, z.partitions, z.replicas, z.records, z.groups, z.commits, z.groups*z.commits)
}

// axes are what a cluster can have more of, each doubling the partitions, the
// group-partitions or both.
var axes = map[string]func(z *size, times int){
	"all": func(z *size, times int) {
		z.topics, z.partitions, z.groups = z.topics<<times, z.partitions<<times, z.groups<<times
	},
	"partitions": func(z *size, times int) { z.topics, z.partitions = z.topics<<times, z.partitions<<times },
	"groups":     func(z *size, times int) { z.groups <<= times },
	"commits":    func(z *size, times int) { z.commits <<= times },
}

// doubled is a cluster with twice as much along an axis, so many times over.
func (z size) doubled(axis string, times int) size {
	axes[axis](&z, times)
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

// filledAt is when the newest records were written.
var filledAt = time.Now()

// writtenOver is how long before that the oldest were: less than Kafka keeps
// records for.
const writtenOver = 6 * 24 * time.Hour

// writtenAt is the timestamp of a partition's record, in milliseconds. Some
// partitions were written to at an even rate, others mostly at first, and no two
// records came at an even distance.
func (z size) writtenAt(topic, partition, record int) int64 {
	uneven := rand.New(rand.NewPCG(uint64(topic)<<32|uint64(partition), uint64(record))).Float64()
	since := math.Pow((float64(record)+uneven)/float64(z.records), float64(1+(topic+partition)%3))
	return filledAt.Add(-writtenOver).UnixMilli() + int64(since*float64(writtenOver.Milliseconds()))
}

// stands is how many places in a partition its groups stand at.
const stands = 4

// committed is where a group stands in a partition: amid its records, not where
// the neighbouring groups do.
func (z size) committed(group, topic, partition int) int64 {
	return int64(z.records*(1+group%stands)/(1+stands) + (topic+partition)%max(1, z.records/10))
}

// hasMember reports whether a group has one, who reads all that the group has
// committed in. The others have stopped.
func hasMember(group int) bool { return group%2 == 0 }

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
