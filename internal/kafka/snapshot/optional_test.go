// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// A broker that hangs on an optional request still answers all others, and is sent
// the optional one more and more rarely.
func TestHangingOptionalRequestCostsOnlyItself(t *testing.T) {
	for _, api := range []kmsg.Key{kmsg.DescribeGroups, kmsg.DescribeConfigs, kmsg.DescribeLogDirs} {
		t.Run(api.Name(), func(t *testing.T) {
			t.Parallel()
			fake := seeded(t, 1, 3, 6)
			client := newImpatientClient(t, fake.Brokers()...)
			ask := everything()
			ask.LogDirs, ask.MinInSync, ask.BrokerRetention = true, true, true
			snapshot(t, client, ask)
			client.memory.configs = nil // have them asked again
			release := fake.Hang(api, 1)
			defer release()
			asked := 0
			for range 8 {
				fake.ResetRequests()
				client.memory.configs = nil
				s := snapshot(t, client, ask)
				asked += fake.RequestsTo(1)[api.Name()]
				for _, p := range s.Topics["t0"].Partitions {
					require.True(t, p.End.Known(), "partition %d", p.ID)
				}
				require.Len(t, s.Groups, 6)
				for name, g := range s.Groups {
					require.True(t, g.CommitsKnown, name)
				}
			}
			assert.Less(t, asked, 8)
			assert.Positive(t, asked)
		})
	}
}

// What lag needs may not be missing without a word, whatever the reason.
func TestCoreRequestThatABrokerDoesNotKnow(t *testing.T) {
	fake := seeded(t, 1, 3, 6)
	client := newTestClient(t, fake.Brokers()...)
	snapshot(t, client, everything())
	fake.Fail(kmsg.OffsetFetch, kafkatest.AnyBroker, kerr.UnsupportedVersion, 9)
	s := snapshot(t, client, everything())
	missing := 0
	for _, f := range s.Failures {
		assert.Equal(t, "UNSUPPORTED_VERSION", f.Code)
		missing += f.Groups
	}
	assert.Equal(t, 6, missing)
}

// An error that passes leaves the settings known before in use, and is asked
// again in the next scrape.
func TestPassingErrorOfSettings(t *testing.T) {
	fake := seeded(t, 1, 3, 0)
	client := newTestClient(t, fake.Brokers()...)
	ask := everything()
	ask.MinInSync = true
	require.NotNil(t, snapshot(t, client, ask).Topics["t0"].Config)
	for _, known := range client.memory.configs {
		known.at = time.Time{}
	}
	fake.Fail(kmsg.DescribeConfigs, kafkatest.AnyBroker, kerr.UnknownTopicOrPartition, 1)
	s := snapshot(t, client, ask)
	require.NotEmpty(t, s.Failures)
	assert.NotNil(t, s.Topics["t0"].Config)
	s = snapshot(t, client, ask)
	assert.Empty(t, s.Failures)
	assert.NotNil(t, s.Topics["t0"].Config)
}
