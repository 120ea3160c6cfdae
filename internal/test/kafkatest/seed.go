// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Seed puts data into a cluster. It fails the test where that does not work.
// It keeps no connection between its calls, so brokers may come and go.
type Seed struct {
	addresses []string
	options   []kgo.Opt
}

// NewSeed returns a Seed for the cluster at these host:port addresses.
func NewSeed(addresses ...string) Seed { return Seed{addresses: addresses} }

// With returns a Seed that connects with these options too, such as a login.
func (s Seed) With(options ...kgo.Opt) Seed {
	s.options = append(slices.Clip(s.options), options...)
	return s
}

const seedLimit = 60 * time.Second

// client connects; close it after use.
func (s Seed) client(t testing.TB, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(append(append([]kgo.Opt{
		kgo.SeedBrokers(s.addresses...),
		kgo.DisableClientMetrics(),
		kgo.MetadataMinAge(100 * time.Millisecond),
		kgo.UnknownTopicRetries(-1), // brokers learn of a new topic one after the other
	}, s.options...), options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// admin runs do, retries retriable errors, and fails the test with any other.
func (s Seed) admin(t testing.TB, do func(context.Context, *kadm.Client) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), seedLimit)
	defer cancel()
	client := s.client(t)
	defer client.Close()
	admin := kadm.NewClient(client)
	if err := insist(ctx, func() error { return do(ctx, admin) }); err != nil {
		t.Fatal(err)
	}
}

// insist retries retriable errors and answers that do not come: the controllers may be
// electing one of them, or a broker not know a new topic yet.
func insist(ctx context.Context, do func() error) error {
	for {
		err := do()
		if err == nil || !kerr.IsRetriable(err) && !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pollInterval):
		}
	}
}

// CreateTopic creates a topic and waits until each partition has a leader.
// configs may be nil.
func (s Seed) CreateTopic(t testing.TB, topic string, partitions int32, replication int16, configs map[string]string) {
	t.Helper()
	values := make(map[string]*string, len(configs))
	for key, value := range configs {
		values[key] = &value
	}
	repeated := false
	s.admin(t, func(ctx context.Context, admin *kadm.Client) error {
		_, err := admin.CreateTopic(ctx, partitions, replication, values, topic)
		if repeated && errors.Is(err, kerr.TopicAlreadyExists) {
			err = nil // the failure before had done it all the same
		}
		if err != nil {
			repeated = true
			return err
		}
		return awaitLeaders(ctx, admin, topic, int(partitions))
	})
}

// awaitLeaders waits until metadata names a leader for so many partitions.
func awaitLeaders(ctx context.Context, admin *kadm.Client, topic string, partitions int) error {
	for {
		topics, err := admin.ListTopics(ctx, topic)
		if err == nil && topics.Error() == nil && led(topics[topic].Partitions) >= partitions {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pollInterval):
		}
	}
}

func led(partitions kadm.PartitionDetails) (n int) {
	for _, p := range partitions {
		if p.Err == nil && p.Leader >= 0 {
			n++
		}
	}
	return n
}

// AddPartitions raises the topic's number of partitions to total.
func (s Seed) AddPartitions(t testing.TB, topic string, total int) {
	t.Helper()
	s.admin(t, func(ctx context.Context, admin *kadm.Client) error {
		answers, err := admin.UpdatePartitions(ctx, total, topic)
		if err != nil {
			return err
		}
		if err := answers.Error(); err != nil {
			return err
		}
		return awaitLeaders(ctx, admin, topic, total)
	})
}

// DeleteTopic deletes a topic.
func (s Seed) DeleteTopic(t testing.TB, topic string) {
	t.Helper()
	s.admin(t, func(ctx context.Context, admin *kadm.Client) error {
		_, err := admin.DeleteTopic(ctx, topic)
		return err
	})
}

// DeleteRecords moves the partition's log start offset up to before.
func (s Seed) DeleteRecords(t testing.TB, topic string, partition int32, before int64) {
	t.Helper()
	s.admin(t, func(ctx context.Context, admin *kadm.Client) error {
		var offsets kadm.Offsets
		offsets.AddOffset(topic, partition, before, -1)
		answers, err := admin.DeleteRecords(ctx, offsets)
		if err != nil {
			return err
		}
		return answers.Error()
	})
}

// Reassign begins to give partitions of a topic other replicas, and does not wait
// for them: they may be brokers that are away.
func (s Seed) Reassign(t testing.TB, topic string, replicas map[int32][]int32) {
	t.Helper()
	var plan kadm.AlterPartitionAssignmentsReq
	for partition, brokers := range replicas {
		plan.Assign(topic, partition, brokers)
	}
	s.admin(t, func(ctx context.Context, admin *kadm.Client) error {
		answers, err := admin.AlterPartitionAssignments(ctx, plan)
		return errors.Join(err, answers.Error())
	})
}
