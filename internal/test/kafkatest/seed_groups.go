// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"context"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Commit commits offsets, by topic and partition, for a group without members.
func (s Seed) Commit(t testing.TB, group string, committed map[string]map[int32]int64) {
	t.Helper()
	var offsets kadm.Offsets
	for topic, partitions := range committed {
		for partition, offset := range partitions {
			offsets.AddOffset(topic, partition, offset, -1)
		}
	}
	s.admin(t, func(ctx context.Context, admin *kadm.Client) error {
		return admin.CommitAllOffsets(ctx, group, offsets)
	})
}

// DeleteGroup deletes a group without members, and its commits.
func (s Seed) DeleteGroup(t testing.TB, group string) {
	t.Helper()
	s.admin(t, func(ctx context.Context, admin *kadm.Client) error {
		_, err := admin.DeleteGroup(ctx, group)
		return err
	})
}

// Groups lists the names of all groups, sorted.
func (s Seed) Groups(t testing.TB) (names []string) {
	t.Helper()
	s.admin(t, func(ctx context.Context, admin *kadm.Client) error {
		groups, err := admin.ListGroups(ctx)
		names = groups.Groups()
		return err
	})
	return names
}

// Member is a live member of a group. It consumes nothing and commits nothing.
type Member struct{ leave func() }

// Leave ends the membership. The end of the test does the same.
func (m *Member) Leave() { m.leave() }

// Join makes a member of a classic group, until the test ends. It returns when
// partitions have been assigned to it.
func (s Seed) Join(t testing.TB, group string, topics ...string) *Member {
	t.Helper()
	return s.join(t, group, topics)
}

// JoinConsumer is Join for a group of KIP-848's protocol, of type "consumer".
// Before Kafka 4.0 it makes a classic group.
func (s Seed) JoinConsumer(t testing.TB, group string, topics ...string) *Member {
	t.Helper()
	return s.join(t, group, topics, kgo.ServerSideBalancer())
}

// Identity is how a member names itself.
type Identity struct{ ClientID, InstanceID string }

// JoinAs is Join as a member of that name.
func (s Seed) JoinAs(t testing.TB, group string, as Identity, topics ...string) *Member {
	t.Helper()
	return s.join(t, group, topics, kgo.ClientID(as.ClientID), kgo.InstanceID(as.InstanceID))
}

// JoinConsumerAs is JoinConsumer as a member of that name.
func (s Seed) JoinConsumerAs(t testing.TB, group string, as Identity, topics ...string) *Member {
	t.Helper()
	return s.join(t, group, topics, kgo.ServerSideBalancer(), kgo.ClientID(as.ClientID), kgo.InstanceID(as.InstanceID))
}

func (s Seed) join(t testing.TB, group string, topics []string, options ...kgo.Opt) *Member {
	t.Helper()
	assigned := make(chan struct{})
	var once sync.Once
	client := s.client(t, append(options,
		kgo.ConsumerGroup(group),
		kgo.ConsumeTopics(topics...),
		kgo.DisableAutoCommit(),
		kgo.Balancers(kgo.RangeBalancer()),
		kgo.OnPartitionsAssigned(func(context.Context, *kgo.Client, map[string][]int32) {
			once.Do(func() { close(assigned) })
		}),
	)...)
	leave := sync.OnceFunc(client.Close)
	t.Cleanup(leave)

	ctx, cancel := context.WithTimeout(t.Context(), seedLimit)
	defer cancel()
	select {
	case <-assigned:
	case <-ctx.Done():
		t.Fatalf("joining group %s: %v", group, context.Cause(ctx))
	}
	return &Member{leave: leave}
}
