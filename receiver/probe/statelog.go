// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// repeatState is for how long the log does not say that the same thing has changed once
// more: a broker may come and go every second.
const repeatState = time.Minute

// mostLines is how many lines it writes in that time, whatever the brokers answer.
const mostLines = 100

// stateLog writes a line when a state changes. A change soon after a line, or after many
// lines of others, is written when its time has come, if it still holds. One goroutine at
// a time may use it.
type stateLog struct {
	log  *zap.Logger
	said map[string]said
	// lines is how many were written from since on.
	lines int
	since time.Time
}

type said struct {
	state string
	at    time.Time
}

// good is the state that needs no line at first.
const good = ""

func newStateLog(log *zap.Logger) *stateLog { return &stateLog{log: log, said: map[string]said{}} }

// report takes the state of a subject, and the line about it. A subject is good at first.
func (l *stateLog) report(now time.Time, subject, state string, level zapcore.Level, line string, fields ...zap.Field) {
	last, before := l.said[subject]
	if last.state == state || before && now.Sub(last.at) < repeatState || !l.mayWrite(now) {
		return
	}
	if !before && len(l.said) >= maxKept {
		clear(l.said)
	}
	l.said[subject] = said{state, now}
	l.log.Log(level, line, fields...)
}

// forget takes all subjects to be good.
func (l *stateLog) forget() { clear(l.said) }

// mayWrite counts a line, where there may be one more.
func (l *stateLog) mayWrite(now time.Time) bool {
	if now.Sub(l.since) >= repeatState {
		l.since, l.lines = now, 0
	}
	if l.lines == mostLines {
		return false
	}
	l.lines++
	return true
}
