// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// step is something that happens to the record of a sequence number, at a time after
// the start.
type step struct {
	at       time.Duration
	what     string // send, ack, fail, read, look
	sequence int64
}

// verdict is what a ledger says.
type verdict struct {
	failed, late, lost, received int64
	inFlight                     int
	available                    string // yes, no, unknown
}

// The SLA of these is a second, and a record is lost after ten.
func TestLedger(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	for name, tt := range map[string]struct {
		steps []step
		want  verdict
	}{
		"nothing is sent": {
			nil, verdict{available: "unknown"},
		},
		"the first record is on its way": {
			[]step{{0, "send", 1}, {s, "look", 0}},
			verdict{inFlight: 1, available: "unknown"},
		},
		"the first record takes too long": {
			[]step{{0, "send", 1}, {s + ms, "look", 0}},
			verdict{inFlight: 1, available: "no"},
		},
		"acknowledged, then read": {
			[]step{{0, "send", 1}, {ms, "ack", 1}, {2 * ms, "read", 1}, {3 * ms, "look", 0}},
			verdict{received: 1, available: "yes"},
		},
		"read, then acknowledged": {
			[]step{{0, "send", 1}, {ms, "read", 1}, {2 * ms, "ack", 1}, {3 * ms, "look", 0}},
			verdict{received: 1, available: "yes"},
		},
		"read within the SLA to the last moment": {
			[]step{{0, "send", 1}, {ms, "ack", 1}, {s, "read", 1}, {s, "look", 0}},
			verdict{received: 1, available: "yes"},
		},
		"read late": {
			[]step{{0, "send", 1}, {ms, "ack", 1}, {s + ms, "read", 1}, {s + ms, "look", 0}},
			verdict{late: 1, available: "no"},
		},
		"acknowledged late, although read before": {
			[]step{{0, "send", 1}, {ms, "read", 1}, {s + ms, "ack", 1}, {s + ms, "look", 0}},
			verdict{late: 1, available: "no"},
		},
		"read, and not acknowledged yet": {
			[]step{{0, "send", 1}, {ms, "read", 1}, {2 * ms, "look", 0}},
			verdict{inFlight: 1, available: "unknown"},
		},
		"not acknowledged, and read all the same": {
			[]step{{0, "send", 1}, {ms, "read", 1}, {2 * ms, "fail", 1}, {3 * ms, "look", 0}},
			verdict{failed: 1, available: "no"},
		},
		"read after it failed": {
			[]step{{0, "send", 1}, {ms, "fail", 1}, {2 * ms, "read", 1}, {3 * ms, "look", 0}},
			verdict{failed: 1, available: "no"},
		},
		"acknowledged, and not read yet": {
			[]step{{0, "send", 1}, {ms, "ack", 1}, {10*s + ms, "look", 0}},
			verdict{inFlight: 1, available: "no"},
		},
		"acknowledged, and lost": {
			[]step{{0, "send", 1}, {ms, "ack", 1}, {10*s + 2*ms, "look", 0}},
			verdict{lost: 1, available: "no"},
		},
		"read after it was lost": {
			[]step{{0, "send", 1}, {ms, "ack", 1}, {11 * s, "look", 0}, {12 * s, "read", 1}, {12 * s, "look", 0}},
			verdict{lost: 1, available: "no"},
		},
		"read too late, and nobody has looked meanwhile": {
			[]step{{0, "send", 1}, {ms, "ack", 1}, {12 * s, "read", 1}, {12 * s, "look", 0}},
			verdict{lost: 1, available: "no"},
		},
		"read twice": {
			[]step{{0, "send", 1}, {ms, "ack", 1}, {2 * ms, "read", 1}, {3 * ms, "read", 1}, {4 * ms, "look", 0}},
			verdict{received: 1, available: "yes"},
		},
		"read twice before it is acknowledged: the first time counts": {
			[]step{{0, "send", 1}, {ms, "read", 1}, {2 * s, "read", 1}, {10 * ms, "ack", 1}, {11 * ms, "look", 0}},
			verdict{received: 1, available: "yes"},
		},
		"never sent": {
			[]step{{0, "read", 7}, {0, "ack", 8}, {0, "fail", 9}, {0, "look", 0}},
			verdict{available: "unknown"},
		},
		"the newest record decides": {
			[]step{{0, "send", 1}, {ms, "fail", 1}, {s, "send", 2}, {s + ms, "ack", 2}, {s + 2*ms, "read", 2}, {2 * s, "look", 0}},
			verdict{failed: 1, received: 1, available: "yes"},
		},
		"an older record that is lost does not": {
			[]step{
				{0, "send", 1},
				{ms, "ack", 1},
				{11 * s, "send", 2},
				{11*s + ms, "ack", 2},
				{11*s + 2*ms, "read", 2},
				{11*s + 3*ms, "look", 0},
			},
			verdict{lost: 1, received: 1, available: "yes"},
		},
		"one that takes too long does, whatever came before": {
			[]step{{0, "send", 1}, {ms, "ack", 1}, {2 * ms, "read", 1}, {s, "send", 2}, {2*s + ms, "look", 0}},
			verdict{received: 1, inFlight: 1, available: "no"},
		},
		"what nobody reads any more has no outcome": {
			[]step{{0, "send", 1}, {ms, "ack", 1}, {2 * ms, "forget", 0}, {20 * s, "look", 0}},
			verdict{available: "unknown"},
		},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, play(tt.steps)) })
	}
}

// play returns the verdict after the last step.
func play(steps []step) verdict {
	begun := time.Now()
	l := newLedger(time.Second, 10*time.Second)
	now := begun
	for _, s := range steps {
		now = begun.Add(s.at)
		switch s.what {
		case "send":
			l.send(now)
		case "ack":
			l.acknowledge(s.sequence, now)
		case "fail":
			l.fail(s.sequence)
		case "read":
			l.read(s.sequence, now)
		case "forget":
			l.forget()
		case "look":
			l.expire(now)
		}
	}
	v := verdict{inFlight: len(l.pending), available: "unknown"}
	if yes, known := l.available(now); known {
		v.available = map[bool]string{true: "yes", false: "no"}[yes]
	}
	v.failed, v.late, v.lost, v.received = l.messages[outcomes[0]], l.messages[outcomes[1]], l.messages[outcomes[2]], l.messages[outcomes[3]]
	return v
}

// Durations are what a client waits: of acknowledged records, and of those that are
// read back.
func TestLedgerDurations(t *testing.T) {
	l := newLedger(time.Second, 10*time.Second)
	now := time.Now()
	l.acknowledge(l.send(now), now.Add(3*time.Millisecond))
	l.read(1, now.Add(2*time.Second))
	l.fail(l.send(now))
	l.acknowledge(l.send(now), now.Add(time.Minute))
	assert.InDelta(t, 60.003, l.produce.sum, 1e-9)
	assert.InDelta(t, 2, l.roundtrip.sum, 1e-9)
	assert.EqualValues(t, 2, l.produce.count)
	assert.EqualValues(t, 1, l.roundtrip.count)
	assert.Equal(t, [14]uint64{2: 1, 13: 1}, l.produce.buckets, "until 5 ms, and above all")
	assert.Equal(t, [14]uint64{10: 1}, l.roundtrip.buckets, "a bucket has its upper end")
}

func TestHistogramHasABucketForEachBound(t *testing.T) {
	assert.Len(t, histogram{}.buckets, len(bounds)+1)
	assert.IsIncreasing(t, bounds)
}
