// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package member

import (
	"cmp"
	"errors"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
)

// say writes a line, unless the last one had the same text.
func (m *Member) say(level zapcore.Level, text string, fields ...zap.Field) {
	if text != m.logged {
		m.logged = text
		m.log.Log(level, text, fields...)
	}
}

// failed notes why there is no membership, nil where there is one that begins anew, and
// returns how long to wait before the next try.
func (m *Member) failed(err error) time.Duration {
	var refused *coordination.RefusedError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, coordination.ErrRebalance), errors.Is(err, coordination.ErrNewID):
		return m.again()
	case errors.As(err, &refused):
		m.refused(refused)
		return cmp.Or(refused.After, refusalBackoff)
	}
	wait := min(firstBackoff<<m.failures, maxBackoff)
	m.failures = min(m.failures+1, 10)
	if part, _ := m.Part(); part != nil {
		m.unanswered(err)
		return wait
	}
	if !errors.Is(err, coordination.ErrNotMember) && !errors.Is(err, coordination.ErrNoCoordinator) {
		m.blame(err)
	}
	m.say(zap.WarnLevel, "This collector reports nothing while it is no member of its group", zap.String("error", err.Error()))
	return wait
}

// again returns how long to wait before joining because the coordinator says so: nothing
// the first time.
func (m *Member) again() time.Duration {
	m.rejoins++
	if m.rejoins == 1 {
		return 0
	}
	return firstBackoff
}

func isRefused(err error) bool {
	_, ok := errors.AsType[*coordination.RefusedError](err)
	return ok
}

// refused logs that the member cannot join. It is no error if that passes by itself.
func (m *Member) refused(err *coordination.RefusedError) {
	if err.Waits {
		m.leaveBehind(nil)
		m.say(zap.WarnLevel, "This collector waits, and reports nothing: "+err.Reason)
		return
	}
	m.leaveBehind(err)
	m.say(zap.ErrorLevel, "This collector reports nothing: "+err.Reason)
}

// leaveBehind drops the part of a member that is refused. err is why, where somebody
// should look.
func (m *Member) leaveBehind(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.membership.Lose()
	m.err = err
}

func (m *Member) blame(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

const (
	unansweredText    = "The group's coordinator does not answer: this collector goes on with its last part until its session ends"
	noCoordinatorText = "The group has no coordinator: this collector goes on with its last part until there is one"
	answeredText      = "The group's coordinator answers again"
)

// unanswered says that the coordinator does not answer, while the session goes on.
func (m *Member) unanswered(err error) {
	text := unansweredText
	if errors.Is(err, coordination.ErrNoCoordinator) {
		text = noCoordinatorText
	}
	m.say(zap.WarnLevel, text, zap.String("error", err.Error()))
}

// answered says that the coordinator answers again.
func (m *Member) answered() {
	if m.logged == unansweredText || m.logged == noCoordinatorText {
		m.say(zap.InfoLevel, answeredText)
	}
}
