// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"testing"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// proxied is the listener with a proxy before it, which counts dials.
const proxied = "PROXIED"

// oneBroker is a cluster that drops connections which are idle for 5 s.
func oneBroker(t *testing.T) *kafkatest.Cluster {
	t.Helper()
	return kafkatest.Shared(t, kafkatest.Options{
		Listeners:  []kafkatest.Listener{{Name: proxied, Protocol: "PLAINTEXT", Proxied: true}},
		Properties: map[string]string{"connections.max.idle.ms": "5000"},
	})
}

// threeBrokers is a cluster whose brokers may be failed: each test leaves it
// with all of them up.
func threeBrokers(t *testing.T) *kafkatest.Cluster {
	t.Helper()
	return kafkatest.Shared(t, kafkatest.Options{
		Brokers:   3,
		Listeners: []kafkatest.Listener{{Name: proxied, Protocol: "PLAINTEXT", Proxied: true}},
	})
}
