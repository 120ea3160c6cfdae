// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lookup

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// However much is looked up, no request comes near the million elements of an
// array above which brokers from Kafka 4.4 on drop the connection.
func TestRequestsAreBounded(t *testing.T) {
	topics := make([]string, lookupsPerRequest+1)
	lookups := make([]cluster.Lookup, len(topics))
	for i := range topics {
		topics[i] = fmt.Sprintf("t%d", i)
		lookups[i] = cluster.Lookup{Topic: topics[i], At: 1}
	}
	fake := kafkatest.StartFake(t, 1, kfake.SeedTopics(1, topics...))
	longest := fake.LongestArrays(kmsg.ListOffsets)
	assert.Len(t, newTestClient(t, fake).Lookup(t.Context(), lookups), len(lookups))
	assert.Equal(t, map[string]int{"ListOffsets": lookupsPerRequest}, longest())
}
