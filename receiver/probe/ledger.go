// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"maps"
	"time"

	"github.com/kafkalag/kafkalagreceiver/receiver/probe/internal/metadata"
)

// outcomes are what becomes of a record: one of them, and only once.
var outcomes = [...]metadata.AttributeOutcome{
	metadata.AttributeOutcomeFailed, metadata.AttributeOutcomeLate, metadata.AttributeOutcomeLost, metadata.AttributeOutcomeReceived,
}

// ledger follows the records that are written for one broker. It is arithmetic alone:
// time is passed in. One goroutine at a time may use it.
type ledger struct {
	sla, lossTimeout time.Duration

	last    int64 // sequence number of the last record
	pending map[int64]pendingRecord
	tally
	// newest is the sequence number of the newest record whose outcome is known, and
	// whether that is received. 0: none is known.
	newest   int64
	received bool
}

// tally is what is counted since the start.
type tally struct {
	messages           map[metadata.AttributeOutcome]int64
	produce, roundtrip histogram
}

func (t tally) clone() tally {
	t.messages = maps.Clone(t.messages)
	return t
}

// pendingRecord is a record whose outcome is not known yet. Times are zero until then.
type pendingRecord struct{ sent, acknowledged, read time.Time }

func newLedger(sla, lossTimeout time.Duration) *ledger {
	l := &ledger{sla: sla, lossTimeout: lossTimeout, pending: map[int64]pendingRecord{}}
	l.messages = map[metadata.AttributeOutcome]int64{}
	for _, o := range outcomes {
		l.messages[o] = 0
	}
	return l
}

// send returns the sequence number of a record that is sent now.
func (l *ledger) send(now time.Time) int64 {
	l.last++
	l.pending[l.last] = pendingRecord{sent: now}
	return l.last
}

// acknowledge takes that all replicas in sync have the record. It may have been read
// before.
func (l *ledger) acknowledge(sequence int64, now time.Time) {
	record, ok := l.pending[sequence]
	if !ok {
		return
	}
	record.acknowledged = now
	l.pending[sequence] = record
	l.produce.observe(now.Sub(record.sent))
	l.settleRead(sequence, record)
}

// fail takes that the record was not acknowledged. It may be in the log all the same.
func (l *ledger) fail(sequence int64) {
	if _, ok := l.pending[sequence]; ok {
		l.settle(sequence, metadata.AttributeOutcomeFailed)
	}
}

// read takes that the record was read back. What it does not wait for is ignored:
// a record that comes twice, or after it was counted.
func (l *ledger) read(sequence int64, now time.Time) {
	record, ok := l.pending[sequence]
	if !ok || !record.read.IsZero() {
		return
	}
	record.read = now
	l.pending[sequence] = record
	l.settleRead(sequence, record)
}

// settleRead settles a record that is both acknowledged and read. One that is read too
// late is lost, whether or not anybody has looked meanwhile.
func (l *ledger) settleRead(sequence int64, record pendingRecord) {
	if record.acknowledged.IsZero() || record.read.IsZero() {
		return
	}
	if record.read.Sub(record.acknowledged) > l.lossTimeout {
		l.settle(sequence, metadata.AttributeOutcomeLost)
		return
	}
	took := record.read.Sub(record.sent)
	l.roundtrip.observe(took)
	if later(record.acknowledged, record.read).Sub(record.sent) <= l.sla {
		l.settle(sequence, metadata.AttributeOutcomeReceived)
		return
	}
	l.settle(sequence, metadata.AttributeOutcomeLate)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// expire counts as lost what was acknowledged and not read back in time.
func (l *ledger) expire(now time.Time) {
	for sequence, record := range l.pending {
		if !record.acknowledged.IsZero() && now.Sub(record.acknowledged) > l.lossTimeout {
			l.settle(sequence, metadata.AttributeOutcomeLost)
		}
	}
}

func (l *ledger) settle(sequence int64, outcome metadata.AttributeOutcome) {
	delete(l.pending, sequence)
	l.messages[outcome]++
	if sequence > l.newest {
		l.newest, l.received = sequence, outcome == metadata.AttributeOutcomeReceived
	}
}

// forget drops the records that nobody reads any more, without an outcome.
func (l *ledger) forget() {
	clear(l.pending)
	l.newest = 0
}

// available reports whether the newest record was acknowledged and read within the SLA.
// That is unknown until the first one was, or should have been.
func (l *ledger) available(now time.Time) (yes, known bool) {
	for _, record := range l.pending {
		if now.Sub(record.sent) > l.sla {
			return false, true
		}
	}
	return l.received, l.newest > 0
}
