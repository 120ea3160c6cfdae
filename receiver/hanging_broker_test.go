// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// At the shortest intervals, with the longest request_timeout that a timeout
// allows, each scrape has everything of the other brokers.
func TestAHangingBrokerAtShortIntervals(t *testing.T) {
	for _, interval := range []time.Duration{time.Second, 3 * time.Second} {
		t.Run(interval.String(), func(t *testing.T) {
			t.Parallel()
			fake := seeded(t)
			for p := range int32(3) {
				fake.MoveLeader(t, "orders", p, p)
			}
			proxies := fake.Proxies(t)
			hanging := fake.Kfake.CoordinatorFor("billing")
			cfg := fakeConfig(fake)
			cfg.Brokers = []string{proxies[0].Addr(), proxies[1].Addr(), proxies[2].Addr()}
			cfg.CollectionInterval, cfg.Timeout, cfg.RequestTimeout = interval, 4*time.Second, time.Second
			require.NoError(t, cfg.Validate())
			metrics, scraped := run(t, cfg)
			defer func() { require.NoError(t, metrics.Shutdown(context.Background())) }()
			next := func() map[string]map[string]int64 {
				select {
				case got := <-scraped:
					return metrictest.Points(got)
				case <-time.After(interval + cfg.Timeout):
					require.Fail(t, "no scrape")
					return nil
				}
			}
			require.Contains(t, next()["kafka.consumer_group.lag_sum"], "group=billing topic=orders")
			proxies[hanging].Hang()
			next() // under way, maybe
			for range 6 {
				got := next()
				assert.Equal(t, map[string]int64{"": 3}, got["kafka.brokers"])
				assert.Len(t, got["kafka.partition.current_offset"], 2, "what the others lead")
				assert.NotContains(t, got["kafka.consumer_group.lag_sum"], "group=billing topic=orders")
				if other := fake.Kfake.CoordinatorFor("shipping"); other != hanging && hanging != 2 {
					assert.Equal(t, int64(25), got["kafka.consumer_group.lag_sum"]["group=shipping topic=orders"])
				}
			}
			proxies[hanging].Restore()
			require.EventuallyWithT(t, func(now *assert.CollectT) {
				assert.Contains(now, next()["kafka.consumer_group.lag_sum"], "group=billing topic=orders")
			}, 10*interval+20*time.Second, time.Millisecond)
		})
	}
}
