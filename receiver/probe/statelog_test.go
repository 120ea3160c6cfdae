// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// Metadata that names other brokers each time does not fill the log. What is left out is
// written later, if it still holds.
func TestStateLogOfManySubjects(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	l := newStateLog(zap.New(core))
	now := time.Now()
	report := func(after time.Duration, first int) {
		for i := range 10 * mostLines {
			l.report(now.Add(after), strconv.Itoa(first+i), "bad", zapcore.WarnLevel, "line")
		}
	}
	report(0, 0)
	assert.Equal(t, mostLines, logs.Len())
	report(repeatState-1, 10*mostLines)
	assert.Equal(t, mostLines, logs.Len())
	report(repeatState, 0)
	assert.Equal(t, 2*mostLines, logs.Len())
}

func TestStateLog(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	l := newStateLog(zap.New(core))
	now := time.Now()
	for i, tt := range []struct {
		after   time.Duration
		subject string
		state   string
		lines   int // so far
	}{
		{0, "a", good, 0}, // it was good before
		{0, "a", "bad", 1},
		{time.Second, "a", "bad", 1},
		{2 * time.Second, "a", good, 1}, // too soon after the last line
		{3 * time.Second, "b", "bad", 2},
		{4 * time.Second, "a", "bad", 2},
		{repeatState, "a", good, 3},
		{repeatState + time.Second, "a", "bad", 3},
		{2 * repeatState, "a", "worse", 4},
		{time.Hour, "a", "worse", 4},
	} {
		l.report(now.Add(tt.after), tt.subject, tt.state, zapcore.WarnLevel, "line")
		assert.Equal(t, tt.lines, logs.Len(), i)
	}
}
