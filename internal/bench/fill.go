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

// fill creates the topics, writes a record to each partition and commits for
// every group.
func fill(ctx context.Context, brokers []string, z size) error {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(brokers...),
		kgo.DisableClientMetrics(),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.UnknownTopicRetries(-1),
	)
	if err != nil {
		return err
	}
	defer client.Close()
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
	return nil
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

func produce(ctx context.Context, client *kgo.Client, z size) error {
	records := make([]*kgo.Record, 0, z.partitions)
	for i := range z.topics {
		for p := range z.partitionsOf(i) {
			records = append(records, &kgo.Record{Topic: topicName(i), Partition: int32(p), Value: []byte("v")})
		}
	}
	return client.ProduceSync(ctx, records...).FirstErr()
}

func commit(ctx context.Context, admin *kadm.Client, z size) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	groups := make(chan int)
	var wait sync.WaitGroup
	for range parallelCommits {
		wait.Go(func() {
			for g := range groups {
				if err := commitGroup(ctx, admin, z, g); err != nil {
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
func commitGroup(ctx context.Context, admin *kadm.Client, z size, group int) error {
	for deadline := time.Now().Add(commitLimit); ; {
		err := admin.CommitAllOffsets(ctx, groupName(group), z.offsets(group))
		if err == nil || !errors.Is(err, kerr.UnknownTopicOrPartition) || time.Now().After(deadline) {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (z size) offsets(group int) kadm.Offsets {
	var offsets kadm.Offsets
	for topic, partitions := range z.commitsOf(group) {
		for p := range partitions {
			offsets.AddOffset(topicName(topic), int32(p), committedOffset, -1)
		}
	}
	return offsets
}
