// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// outOfReach is a listener that advertises an address at which nothing listens.
const outOfReach = "OUT_OF_REACH"

// limitedBroker is a cluster of one broker, which takes few connections from one
// address.
func limitedBroker(t *testing.T) *kafkatest.Cluster {
	t.Helper()
	return kafkatest.Shared(t, kafkatest.Options{
		Listeners:  []kafkatest.Listener{{Name: outOfReach, Protocol: "PLAINTEXT", Host: "127.0.0.2"}},
		Properties: map[string]string{"max.connections.per.ip": "10"},
	})
}

// causes lists the likely causes that were logged.
func (w *watcher) causes() []string {
	var causes []string
	for _, line := range w.logs.All() {
		if cause, ok := line.ContextMap()["likely_cause"].(string); ok {
			causes = append(causes, cause)
		}
	}
	return causes
}

// The seed answers and the broker that it advertises does not.
func TestIntegrationAdvertisedAddressOutOfReach(t *testing.T) {
	c := limitedBroker(t)
	tr := seed(t, c.Seed, layout{prefix: "advertised", topics: 1, partitions: 2, replicas: 1})
	_, port, err := net.SplitHostPort(c.Addresses(outOfReach)[0])
	require.NoError(t, err)
	w := watch(t, []string{net.JoinHostPort("127.0.0.1", port)}, tr.check, tr.only)
	w.await("the topic, and nothing that only its broker knows", func(p points) bool {
		return p.brokers() == 1 && len(p.of("kafka.partition.current_offset")) == 0
	})
	causes := w.causes()
	require.NotEmpty(t, causes)
	for _, cause := range causes {
		assert.Contains(t, cause, "check its advertised.listeners")
	}
}

// A scrape asks for the groups' members beside the offsets, on a second connection,
// which the broker does not take.
func TestIntegrationConnectionLimit(t *testing.T) {
	c := limitedBroker(t)
	tr := seed(t, c.Seed, layout{prefix: "limit", topics: 2, partitions: 2, replicas: 1})
	kafkatest.FillConnections(t, c.Brokers()[0], 1)
	w := watch(t, c.Brokers(), tr.check, tr.only)
	w.await("a line that names the limit", func(points) bool {
		return strings.Contains(strings.Join(w.causes(), "\n"), "while others work: max.connections.per.ip")
	})
	for _, cause := range w.causes() {
		assert.Contains(t, cause, "max.connections.per.ip")
	}
}
