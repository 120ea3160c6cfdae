// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"maps"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Without replicas, a third of all partitions hangs on each of three brokers.
func TestIntegrationLostBroker(t *testing.T) {
	c := threeBrokers(t)
	tr := seed(t, c.Seed, layout{prefix: "lost", topics: 12, partitions: 6, replicas: 1})
	t.Run("killed", func(t *testing.T) { testKilled(t, c, tr) })
	t.Run("paused", func(t *testing.T) { testPaused(t, c, tr) })
}

func testKilled(t *testing.T, c *kafkatest.Cluster, tr *truth) {
	t.Helper()
	const id = 2
	// What hangs on the broker may be missing while the cluster still counts
	// on it, and until others have taken over; nothing else ever, and nothing
	// once they have.
	var hanging map[string]bool
	over := false
	w := watch(t, c.Addresses(proxied), func(p points) error {
		if err := tr.check(p); err != nil || hanging == nil {
			return err
		}
		missing := tr.missing(p)
		over = p.brokers() == 2 && (over || len(missing) == 0)
		var unexpected []string
		for _, n := range missing {
			if over || !hanging[n] {
				unexpected = append(unexpected, n)
			}
		}
		return listed("missing", unexpected)
	}, tr.only)
	w.await("everything", tr.whole)
	before := w.hold()
	require.EqualValues(t, 3, before.brokers())
	led := ledBy(before, id)
	require.Len(t, led, 24)
	hanging = tr.hangsOn(before, id)
	w.release()

	dead := c.Broker(id)
	dead.Kill(t)
	restart := sync.OnceFunc(func() { dead.Start(t) })
	t.Cleanup(restart) // for the tests that follow, if this one fails
	w.await("all that hangs on the broker is absent", func(p points) bool {
		return p.brokers() == 3 && len(tr.missing(p)) == len(hanging)
	})
	w.await("the cluster gives it up, and others take over", func(p points) bool {
		return p.brokers() == 2 && len(tr.missing(p)) == 0
	})

	w.hold()
	dials := dead.Proxy(proxied).Dials()
	for range 5 {
		got := w.step()
		assert.EqualValues(t, 2, got.brokers())
		require.NoError(t, listed("missing", tr.missing(got)))
		for _, at := range led {
			assert.EqualValues(t, 1, got[name("kafka.partition.offline", at)], at)
			assert.NotContains(t, got, name("kafka.partition.leader", at))
		}
	}
	assert.Equal(t, dials, dead.Proxy(proxied).Dials(), "nobody dials the dead broker")
	w.release()

	restart()
	after := w.await("three brokers again", func(p points) bool {
		return p.brokers() == 3 && len(ledBy(p, id)) == len(led) && tr.whole(p)
	})
	assert.Equal(t, withoutInfo(before), withoutInfo(after))
	assert.Greater(t, dead.Proxy(proxied).Dials(), dials)
	assert.Zero(t, w.logs.FilterLevelExact(zapcore.ErrorLevel).Len())
}

// A paused broker accepts and never answers. When it goes on, before the
// cluster has given it up, nothing is missing any more.
func testPaused(t *testing.T, c *kafkatest.Cluster, tr *truth) {
	t.Helper()
	const id = 3
	w := watch(t, c.Addresses(proxied), tr.check, tr.only)
	w.await("everything", tr.whole)
	before := w.hold()
	hanging := tr.hangsOn(before, id)

	c.Broker(id).Pause(t)
	got := w.step()
	c.Broker(id).Resume(t)
	assert.EqualValues(t, 3, got.brokers())
	missing := tr.missing(got)
	assert.Len(t, missing, len(hanging))
	for _, n := range missing {
		assert.True(t, hanging[n], "%s is missing and does not hang on the broker", n)
	}
	require.NoError(t, listed("missing", tr.missing(w.step())))
	c.Await(t)
}

// ledBy lists the partitions, "topic id", that a broker leads.
func ledBy(p points, broker int64) []string {
	var led []string
	for _, n := range p.of("kafka.partition.leader") {
		if p[n] == broker {
			led = append(led, strings.TrimPrefix(n, "kafka.partition.leader "))
		}
	}
	return led
}

// hangsOn names what only the broker knows: the ends of the partitions that
// it leads, the commits of the groups that it coordinates, and what follows
// from these.
func (tr *truth) hangsOn(p points, broker int64) map[string]bool {
	leads, coordinates := map[string]bool{}, map[string]bool{}
	for _, at := range ledBy(p, broker) {
		topic, _, _ := strings.Cut(at, " ")
		leads[at], leads[topic] = true, true
	}
	for _, n := range p.of("kafka.consumer_group.info") {
		parts := strings.Split(n, " ")
		coordinates[parts[1]] = parts[len(parts)-1] == strconv.FormatInt(broker, 10)
	}
	hanging := map[string]bool{}
	for n := range tr.low {
		metric, of, _ := strings.Cut(n, " ")
		group, at, _ := strings.Cut(of, " ")
		switch metric {
		case "kafka.topic.partitions":
		case "kafka.partition.current_offset", "kafka.partition.oldest_offset":
			hanging[n] = leads[of]
		case "kafka.consumer_group.lag", "kafka.consumer_group.lag_sum", "kafka.consumer_group.expired":
			hanging[n] = coordinates[group] || leads[at]
		case "kafka.consumer_group.lag_max": // every broker leads a part of every topic
			hanging[n] = true
		default:
			hanging[n] = coordinates[group]
		}
	}
	maps.DeleteFunc(hanging, func(_ string, hangs bool) bool { return !hangs })
	return hanging
}

// withoutInfo leaves out which broker coordinates what: groups do not move
// back by themselves.
func withoutInfo(p points) points {
	p = maps.Clone(p)
	for _, n := range p.of("kafka.consumer_group.info") {
		delete(p, n)
	}
	return p
}
