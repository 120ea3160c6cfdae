// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/receiver"
)

func TestIntegrationKafkaDownAtStart(t *testing.T) {
	c := oneBroker(t)
	tr := seed(t, c.Seed, layout{prefix: "down", topics: 2, partitions: 2, replicas: 1})
	c.Broker(1).Kill(t)
	start := sync.OnceFunc(func() { c.Broker(1).Start(t) })
	t.Cleanup(start) // for the tests that follow, if this one fails

	w := watch(t, c.Brokers(), tr.check, tr.only)
	w.hold()
	for range 5 {
		assert.Empty(t, w.step(), "nothing is known")
	}
	w.release()
	start()
	w.await("everything", tr.whole)
	assert.Len(t, w.complaints(), 1, "said once")
	last := w.logs.All()[w.logs.Len()-1]
	assert.Contains(t, last.Message, "Kafka answers again")
}

// A broker drops what was idle for 5 s, and scrapes are further apart.
func TestIntegrationIdleConnections(t *testing.T) {
	c := oneBroker(t)
	tr := seed(t, c.Seed, layout{prefix: "idle", topics: 2, partitions: 2, replicas: 1})
	proxy := c.Broker(1).Proxy(proxied)
	before := proxy.Dials()

	w := watch(t, c.Addresses(proxied), tr.check, func(cfg *receiver.Config) {
		tr.only(cfg)
		cfg.CollectionInterval = 7 * time.Second
	})
	require.NoError(t, listed("missing", tr.missing(w.hold())))
	for range 2 {
		require.NoError(t, listed("missing", tr.missing(w.step())))
	}
	assert.GreaterOrEqual(t, proxy.Dials()-before, 3, "the broker dropped the connections after each scrape")
	assert.Empty(t, w.complaints())
}
