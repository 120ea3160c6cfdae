// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The error of a topic is the same whichever broker returns it, so it is logged
// once: first a seed returns it, then the broker that the seed turned out to be.
func TestErrorOfATopicIsOfNoBroker(t *testing.T) {
	fake := seeded(t, 2, 3, 0)
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		topics := answer.(*kmsg.MetadataResponse).Topics
		for i := range topics {
			if *topics[i].Topic == "t0" {
				topics[i].ErrorCode = kerr.UnknownServerError.Code
			}
		}
	})
	client := newTestClient(t, fake.Brokers()...)
	first := snapshot(t, client, everything()).Failures
	require.Len(t, first, 1)
	assert.Equal(t, "UNKNOWN_SERVER_ERROR", first[0].Code)
	assert.Equal(t, 3, first[0].Partitions)
	for range 2 {
		assert.Equal(t, first, snapshot(t, client, everything()).Failures)
	}
}
