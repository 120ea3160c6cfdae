// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func TestObserver(t *testing.T) {
	fake := seeded(t, 1, 3, 3)
	counts := kafkatest.NewTally()
	client := newClientOf(t, testConfig(fake.Brokers()...), counts)
	fake.ResetRequests()
	snapshot(t, client, everything())
	wire := fake.Requests()
	delete(wire, "ApiVersions") // setting up a connection is no request of ours
	assert.Equal(t, wire, counts.Requests)
	assert.Empty(t, counts.Failures)
	assert.GreaterOrEqual(t, counts.Opened, 3)
	assert.Equal(t, counts.Opened, counts.Open())
	assert.Greater(t, counts.Received, counts.Sent)
	assert.Positive(t, counts.Sent)

	// An error counts although asking again made up for it.
	fake.Fail(kmsg.OffsetFetch, fake.Kfake.CoordinatorFor("g0"), kerr.NotCoordinator, 1)
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 3)
	assert.Equal(t, map[[2]string]int{{"OffsetFetch", "NOT_COORDINATOR"}: 1}, counts.Failures)

	client.Close()
	fake.Kfake.Close()
	assert.Eventually(t, func() bool { return counts.Open() == 0 }, 10*time.Second, time.Millisecond,
		"connections that are closed are counted off")
}
