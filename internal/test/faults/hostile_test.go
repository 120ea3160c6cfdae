// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"encoding/binary"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/soak"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// hostility is a way in which a broker, or what stands before it, goes wrong.
type hostility struct {
	name  string
	begin func(*kafkatest.Proxy)
}

// hostilities end with Restore.
var hostilities = []hostility{
	{"hangs", func(p *kafkatest.Proxy) { p.Hang() }},
	{"resets", func(p *kafkatest.Proxy) { p.Refuse() }},
	{"closes within an answer", func(p *kafkatest.Proxy) { p.CutAfter(30, -1) }},
	{"garbles", func(p *kafkatest.Proxy) {
		p.Garble(func(piece []byte) {
			for i := 8; i < len(piece); i++ {
				piece[i] ^= 0x55
			}
		})
	}},
	{"announces 99 MB", func(p *kafkatest.Proxy) { p.Garble(announce(99 << 20)) }},
	{"announces 2 GB", func(p *kafkatest.Proxy) { p.Garble(announce(math.MaxInt32)) }},
	{"speaks HTTP", func(p *kafkatest.Proxy) {
		p.Garble(func(piece []byte) { copy(piece, "HTTP/1.1 400 Bad Request\r\n\r\n") })
	}},
}

// throttling has the broker throttle while it is on.
func throttling(fake *kafkatest.Fake, on *atomic.Bool) hostility {
	fake.Rewrite(kmsg.ListGroups, func(broker int32, answer kmsg.Response) {
		if broker == hostileBroker && on.Load() {
			answer.(*kmsg.ListGroupsResponse).ThrottleMillis = 300
		}
	})
	return hostility{"throttles", func(*kafkatest.Proxy) { on.Store(true) }}
}

const hostileBroker = 1

// longestOutage is in scrapes, and long enough for the longest back-off.
const longestOutage = 5

// announce puts another length in the place of an answer's.
func announce(length uint32) func([]byte) {
	return func(piece []byte) {
		if len(piece) >= 4 {
			binary.BigEndian.PutUint32(piece, length)
		}
	}
}

// A broker turns hostile and well again in turns. Scrapes report what is true
// meanwhile, all metrics are back within two scrapes each time, and nothing is
// left behind.
func TestSoakHostileBroker(t *testing.T) {
	span, interval := 10*time.Second, 200*time.Millisecond
	if soak.Full() {
		span, interval = 10*time.Minute, time.Second
	}
	fake := kafkatest.StartFake(t, 3)
	tr := seed(t, fake.Seed, layout{prefix: "hostile", topics: 3, partitions: 6, replicas: 1})
	proxies := fake.Proxies(t)
	var throttles atomic.Bool
	hostilities := append(slices.Clip(hostilities), throttling(fake, &throttles))
	w := watch(t, []string{proxies[0].Addr(), proxies[2].Addr()}, tr.check, func(cfg *receiver.Config) {
		tr.only(cfg)
		cfg.CollectionInterval = interval
		cfg.RequestTimeout = 500 * time.Millisecond
	})
	w.await("everything", tr.whole)
	w.hold()
	turn := func(h hostility, outage int) {
		h.begin(proxies[hostileBroker])
		for range outage {
			w.step()
		}
		proxies[hostileBroker].Restore()
		throttles.Store(false)
		back := 1
		for !tr.whole(w.step()) && back <= 5 {
			back++
		}
		assert.LessOrEqual(t, back, 2, "scrapes until all is back, after a broker that %s in %d of them", h.name, outage)
	}
	for _, h := range hostilities { // so that all is in place that stays
		turn(h, 2)
	}
	w.release()
	before := w.usage()
	w.hold()
	turns := 0
	for began := time.Now(); time.Since(began) < span || turns < len(hostilities); turns++ {
		turn(hostilities[turns%len(hostilities)], 1+turns%longestOutage)
	}
	w.release()
	after := w.usage()
	t.Logf("after %d turns: %+v, before: %+v", turns, after, before)
	const slack = 4 // connections that come and go
	assert.LessOrEqual(t, after.goroutines, before.goroutines+slack)
	assert.LessOrEqual(t, after.files, before.files+slack)
	assert.LessOrEqual(t, after.heap, before.heap+2<<20)
}
