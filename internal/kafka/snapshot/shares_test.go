// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// A broker with so many groups that it does not list them in time still returns its
// partitions' end offsets.
func TestEndsAfterGroupsThatWereNotListedInTime(t *testing.T) {
	for _, api := range []kmsg.Key{kmsg.ListGroups, kmsg.OffsetFetch} {
		t.Run(api.Name(), func(t *testing.T) {
			fake := seeded(t, 1, 3, 20)
			client := newImpatientClient(t, fake.Brokers()...)
			snapshot(t, client, everything())
			defer fake.Hang(api, 1)()
			for range 3 {
				s := snapshot(t, client, everything())
				require.NotEmpty(t, s.Failures)
				assertEnds(t, s)
				for _, f := range s.Failures {
					assert.Equal(t, api.Name(), f.API)
				}
			}
		})
	}
}

// oneGroupEach has brokers take one group in an OffsetFetch, as before Kafka 3.0.
func oneGroupEach(fake *kafkatest.Fake) {
	fake.Rewrite(kmsg.ApiVersions, func(_ int32, answer kmsg.Response) {
		for i, key := range answer.(*kmsg.ApiVersionsResponse).ApiKeys {
			if key.ApiKey == int16(kmsg.OffsetFetch) {
				answer.(*kmsg.ApiVersionsResponse).ApiKeys[i].MaxVersion = 7
			}
		}
	})
}

func assertEnds(t *testing.T, s *cluster.Snapshot) {
	t.Helper()
	for _, p := range s.Topics["t0"].Partitions {
		assert.Equal(t, cluster.Offset(10), p.End, "partition %d", p.ID)
	}
}

// Commits that take longer than there is time leave half of it to the ends.
func TestEndsAfterCommitsThatTakeTooLong(t *testing.T) {
	fake := seeded(t, 1, 3, 150)
	oneGroupEach(fake)
	fake.Slow(kmsg.OffsetFetch, kafkatest.AnyBroker, 900*time.Millisecond)
	fake.Slow(kmsg.ListOffsets, kafkatest.AnyBroker, 900*time.Millisecond)
	client := newImpatientClient(t, fake.Brokers()...)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	s, err := client.Snapshot(ctx, Request{Topic: anything, Group: anything, Commits: true, Ends: Everywhere})
	require.NoError(t, err)
	require.NotEmpty(t, s.Failures, "not all commits")
	assertEnds(t, s)
}
