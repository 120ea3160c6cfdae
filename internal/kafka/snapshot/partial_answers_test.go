// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// The tests in this file are about answers with gaps: whatever is missing from a
// snapshot has a failure that says so.

func TestErrorOfOnePartitionsCommit(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	client := newTestClient(t, fake.Brokers()...)
	snapshot(t, client, everything())
	var answers, bad atomic.Int32
	fake.Rewrite(kmsg.OffsetFetch, func(_ int32, answer kmsg.Response) {
		if answers.Add(1) <= bad.Load() {
			p := &answer.(*kmsg.OffsetFetchResponse).Groups[0].Topics[0].Partitions[1]
			p.Offset, p.ErrorCode = -1, kerr.NotCoordinator.Code
		}
	})
	bad.Store(1)
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
	assert.EqualValues(t, 2, answers.Load(), "asked again")

	answers.Store(0)
	bad.Store(2)
	s := snapshot(t, client, everything())
	require.Len(t, s.Failures, 1)
	assert.Equal(t, "NOT_COORDINATOR", s.Failures[0].Code)
	assert.Equal(t, 1, s.Failures[0].Partitions)
	assert.Zero(t, s.Failures[0].Groups)
	var offsets []cluster.Offset
	for _, c := range s.Groups["g0"].Commits[0].Partitions {
		offsets = append(offsets, c.Offset)
	}
	assert.ElementsMatch(t, []cluster.Offset{4, cluster.Unknown, 4}, offsets)
}

// A group that its coordinator refused and that nobody lists any more is
// missing, not gone.
func TestGroupBetweenCoordinators(t *testing.T) {
	fake := seeded(t, 1, 3, 2)
	client := newTestClient(t, fake.Brokers()...)
	snapshot(t, client, everything())
	fake.Fail(kmsg.OffsetFetch, fake.Kfake.CoordinatorFor("g0"), kerr.NotCoordinator, 1)
	var refused atomic.Bool
	fake.Rewrite(kmsg.OffsetFetch, func(_ int32, answer kmsg.Response) {
		if answer.(*kmsg.OffsetFetchResponse).Groups[0].ErrorCode != 0 {
			refused.Store(true)
		}
	})
	fake.Rewrite(kmsg.ListGroups, func(_ int32, answer kmsg.Response) {
		if refused.Load() {
			answer.(*kmsg.ListGroupsResponse).Groups = nil
		}
	})
	s := snapshot(t, client, everything())
	require.True(t, refused.Load())
	require.Len(t, s.Failures, 1)
	missing := 0
	for _, g := range s.Groups {
		if !g.CommitsKnown {
			missing++
		}
	}
	assert.Positive(t, missing)
	assert.Equal(t, missing, s.Failures[0].Groups)
}

// The same where the second listing fails: the groups count, not the listing of
// a broker that had listed them.
func TestSecondListingFails(t *testing.T) {
	fake := seeded(t, 1, 3, 6)
	client := newTestClient(t, fake.Brokers()...)
	snapshot(t, client, everything())
	fake.Fail(kmsg.OffsetFetch, 1, kerr.CoordinatorLoadInProgress, 1)
	var lists atomic.Int32
	fake.Rewrite(kmsg.ListGroups, func(broker int32, answer kmsg.Response) {
		if broker == 1 && lists.Add(1) == 2 {
			list := answer.(*kmsg.ListGroupsResponse)
			list.Groups, list.ErrorCode = nil, kerr.CoordinatorNotAvailable.Code
		}
	})
	s := snapshot(t, client, everything())
	require.Len(t, s.Failures, 1)
	missing := 0
	for _, g := range s.Groups {
		if !g.CommitsKnown {
			missing++
		}
	}
	assert.Positive(t, missing)
	assert.Equal(t, "OffsetFetch", s.Failures[0].API)
	assert.Equal(t, missing, s.Failures[0].Groups)
}

// A partition that gets a leader while others are asked again is asked too.
func TestLeaderFoundOnTheSecondLook(t *testing.T) {
	fake := seeded(t, 1, 3, 0)
	client := newTestClient(t, fake.Brokers()...)
	snapshot(t, client, everything())
	var looks atomic.Int32
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		if looks.Add(1) > 1 {
			return
		}
		for i, p := range answer.(*kmsg.MetadataResponse).Topics[0].Partitions {
			if p.Partition == 0 {
				answer.(*kmsg.MetadataResponse).Topics[0].Partitions[i].Leader = -1
			}
		}
	})
	fake.Fail(kmsg.ListOffsets, 1, kerr.NotLeaderForPartition, 2)
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 0)
	assert.EqualValues(t, 2, looks.Load())
}

func TestMembersAreAskedAgain(t *testing.T) {
	for _, code := range []*kerr.Error{kerr.NotCoordinator, kerr.CoordinatorLoadInProgress} {
		fake := seeded(t, 1, 3, 6)
		client := newTestClient(t, fake.Brokers()...)
		snapshot(t, client, everything())
		fake.Fail(kmsg.DescribeGroups, 1, code, 1)
		requireWhole(t, snapshot(t, client, everything()), 1, 3, 6)
	}
}

func TestMembersLeftOutOfTheAnswer(t *testing.T) {
	fake := seeded(t, 1, 3, 2)
	fake.Rewrite(kmsg.DescribeGroups, func(_ int32, answer kmsg.Response) {
		answer.(*kmsg.DescribeGroupsResponse).Groups = nil
	})
	s := snapshot(t, newTestClient(t, fake.Brokers()...), everything())
	missing := 0
	for _, f := range s.Failures {
		assert.Equal(t, cluster.CodeIncomplete, f.Code)
		missing += f.Groups
	}
	assert.Equal(t, 2, missing)
}

// Asked by the classic request, a broker calls a group Dead that does not exist
// or is of another protocol. Neither has 0 members.
func TestDeadGroupIsNotDescribed(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	fake.Rewrite(kmsg.DescribeGroups, func(_ int32, answer kmsg.Response) {
		answer.(*kmsg.DescribeGroupsResponse).Groups[0].State = "Dead"
	})
	s := snapshot(t, newTestClient(t, fake.Brokers()...), everything())
	assert.Empty(t, s.Failures)
	assert.False(t, s.Groups["g0"].Described)
	assert.Equal(t, "Empty", s.Groups["g0"].State, "as it was listed")
}

// A broker that answers, only not all of it in time, is not down: its later
// questions are asked.
func TestBusyBrokerIsNotDown(t *testing.T) {
	fake := seeded(t, 1, 3, 240) // more to each broker than its connections can ask in time
	fake.Rewrite(kmsg.ApiVersions, func(_ int32, answer kmsg.Response) {
		for i, key := range answer.(*kmsg.ApiVersionsResponse).ApiKeys {
			if key.ApiKey == int16(kmsg.OffsetFetch) { // one group a request
				answer.(*kmsg.ApiVersionsResponse).ApiKeys[i].MaxVersion = 7
			}
		}
	})
	client := newImpatientClient(t, fake.Brokers()...)
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 240)
	fake.Slow(kmsg.OffsetFetch, 1, 400*time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // half of it for the commits
	defer cancel()
	s, err := client.Snapshot(ctx, everything())
	require.NoError(t, err)
	requireTrue(t, s)
	require.NotEmpty(t, s.Failures)
	for _, f := range s.Failures {
		assert.Equal(t, "OffsetFetch", f.API)
		assert.Equal(t, int32(1), f.Broker)
		assert.Equal(t, cluster.CodeNoAnswer, f.Code)
	}
	for _, p := range s.Topics["t0"].Partitions {
		assert.True(t, p.End.Known(), "partition %d", p.ID)
	}
	for name, g := range s.Groups {
		assert.True(t, g.Described, name)
	}
}

// A broker that answers after another one has is no failure.
func TestSlowerBrokerIsNotCountedAsFailed(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	counts := kafkatest.NewTally()
	cfg := testConfig(fake.Brokers()...)
	cfg.RequestTimeout = 2 * time.Second
	client := newClientOf(t, cfg, counts)
	snapshot(t, client, everything())
	fake.Slow(kmsg.Metadata, client.metadata.current.from.ID, time.Second) // beyond the patience of a quarter
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
	assert.Empty(t, counts.Failures)
}
