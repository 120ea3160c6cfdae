// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	topicsPerRequest = 200
	parallelCommits  = 4
	commitLimit      = time.Minute
)

// fill creates the topics, writes the records, commits for every group, and has
// members join those that have some.
func fill(ctx context.Context, client *kgo.Client, z size) error {
	admin := kadm.NewClient(client)
	if err := createTopics(ctx, admin, z); err != nil {
		return fmt.Errorf("creating topics: %w", err)
	}
	if err := produce(ctx, client, z); err != nil {
		return fmt.Errorf("producing: %w", err)
	}
	if err := commit(ctx, admin, z); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	if err := joinAll(ctx, client, z); err != nil {
		return fmt.Errorf("joining groups: %w", err)
	}
	return nil
}

// newClient is for filling a cluster and moving what is in it.
func newClient(brokers []string) (*kgo.Client, error) {
	return kgo.NewClient(
		kgo.SeedBrokers(brokers...),
		kgo.DisableClientMetrics(),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.UnknownTopicRetries(-1),
	)
}

// createTopics asks for topics of one partition count at a time, which is what
// one request takes.
func createTopics(ctx context.Context, admin *kadm.Client, z size) error {
	byPartitions := map[int][]string{}
	for i := range z.topics {
		n := z.partitionsOf(i)
		byPartitions[n] = append(byPartitions[n], topicName(i))
		if len(byPartitions[n]) == topicsPerRequest || i == z.topics-1 {
			for n, names := range byPartitions {
				if err := createEqual(ctx, admin, z, n, names); err != nil {
					return err
				}
			}
			clear(byPartitions)
		}
	}
	return nil
}

func createEqual(ctx context.Context, admin *kadm.Client, z size, partitions int, names []string) error {
	answers, err := admin.CreateTopics(ctx, int32(partitions), int16(z.replicas), nil, names...)
	if err != nil {
		return err
	}
	for _, answer := range answers {
		// A slow cluster gets a request twice that it has carried out.
		if answer.Err != nil && !errors.Is(answer.Err, kerr.TopicAlreadyExists) {
			return answer.Err
		}
	}
	return nil
}

// produce writes a topic's records after another's.
func produce(ctx context.Context, client *kgo.Client, z size) error {
	for i := range z.topics {
		records := make([]*kgo.Record, 0, z.partitionsOf(i)*z.records)
		for p := range z.partitionsOf(i) {
			for n := range z.records {
				records = append(records, recordAt(i, p, time.UnixMilli(z.writtenAt(i, p, n))))
			}
		}
		if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
			return err
		}
	}
	return nil
}

func recordAt(topic, partition int, at time.Time) *kgo.Record {
	return &kgo.Record{Topic: topicName(topic), Partition: int32(partition), Timestamp: at, Value: []byte("v")}
}

func commit(ctx context.Context, admin *kadm.Client, z size) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	groups := make(chan int)
	var wait sync.WaitGroup
	for range parallelCommits {
		wait.Go(func() {
			for g := range groups {
				if err := commitGroup(ctx, admin, g, z.offsets(g, 0)); err != nil {
					cancel(err)
				}
			}
		})
	}
	for g := range z.groups {
		groups <- g
	}
	close(groups)
	wait.Wait()
	return context.Cause(ctx)
}

// commitGroup tries again while a coordinator does not know the new topics yet.
func commitGroup(ctx context.Context, admin *kadm.Client, group int, offsets kadm.Offsets) error {
	for deadline := time.Now().Add(commitLimit); ; {
		err := admin.CommitAllOffsets(ctx, groupName(group), offsets)
		if err == nil || !errors.Is(err, kerr.UnknownTopicOrPartition) || time.Now().After(deadline) {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// offsets are what a group has committed once it has moved by so many records.
func (z size) offsets(group, moved int) kadm.Offsets {
	var offsets kadm.Offsets
	for topic, partitions := range z.commitsOf(group) {
		for p := range partitions {
			at := min(z.committed(group, topic, p)+int64(moved), int64(z.records-1))
			offsets.AddOffset(topicName(topic), int32(p), at, -1)
		}
	}
	return offsets
}
