// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// group is a consumer group of one member, with one way of behaving.
type group struct {
	name   string
	topics []topic
	// rate is how many records it reads per beat; 0 reads all there are.
	rate int
	// leaves ends it as soon as it has committed each of its partitions.
	leaves bool
	// After works beats it leaves for rests beats, again and again; 0: it stays.
	works, rests int
	// commits reports whether it commits a partition; nil commits all.
	commits func(partition int32) bool
	// nextGen joins by the protocol of KIP-848.
	nextGen bool
}

var groups = []group{
	{name: "keeps-up", topics: []topic{orders, payments}, nextGen: true},
	{name: "falls-behind", topics: []topic{clicks}, rate: clicks.rate * 2 / 3},
	{name: "takes-breaks", topics: []topic{orders}, works: 90, rests: 60},
	{name: "stopped", topics: []topic{payments}, leaves: true},
	{name: "partly-committed", topics: []topic{orders}, commits: func(partition int32) bool { return partition != 0 }},
}

func (g group) clientOptions() []kgo.Opt {
	names := make([]string, len(g.topics))
	for i, t := range g.topics {
		names[i] = t.name
	}
	opts := []kgo.Opt{
		kgo.ClientID("sandbox-" + g.name),
		kgo.ConsumerGroup(g.name),
		kgo.ConsumeTopics(names...),
		kgo.DisableAutoCommit(),
		// A client reads ahead of its rate; these bound what it holds.
		kgo.FetchMaxBytes(1 << 20),
		kgo.FetchMaxPartitionBytes(64 << 10),
	}
	if g.nextGen {
		opts = append(opts, kgo.ServerSideBalancer())
	}
	return opts
}

// consume reads and commits once a beat until ctx ends or the group leaves.
func (g group) consume(ctx context.Context, client *kgo.Client, beat time.Duration) error {
	for beats := 1; ; beats++ {
		fetches := client.PollRecords(ctx, g.rate)
		if err := fetches.Err(); err != nil {
			return err
		}
		records := fetches.Records()
		if g.commits != nil {
			records = slices.DeleteFunc(records, func(r *kgo.Record) bool { return !g.commits(r.Partition) })
		}
		if err := client.CommitRecords(ctx, records...); err != nil {
			return err
		}
		if g.leaves && g.committedAll(client) || beats == g.works {
			return nil
		}
		if !sleep(ctx, beat) {
			return nil
		}
	}
}

func (g group) committedAll(client *kgo.Client) bool {
	committed := client.CommittedOffsets()
	for _, t := range g.topics {
		if len(committed[t.name]) < int(t.partitions) {
			return false
		}
	}
	return true
}
