// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/zookeeper"
)

// repeatAfter is how long a kind of failure that goes on stays silent.
const repeatAfter = 5 * time.Minute

// failureKind is what makes failures the same: a person would do the same
// about them.
type failureKind struct {
	api     string
	broker  int32
	address string
	code    string
	cause   string
}

// failureState is what was said about a kind of failure.
type failureState struct {
	loggedAt   time.Time
	suppressed int
	// open is set from a line that tells of the failure to the line that tells
	// of its end.
	open bool
}

// failureLog says what failed, in one line for each kind of failure, and does
// not repeat itself for some minutes.
type failureLog struct {
	log   *zap.Logger
	known map[failureKind]*failureState
}

func newFailureLog(log *zap.Logger) *failureLog {
	return &failureLog{
		// The stack of this package says nothing about a broker that is away.
		log:   log.WithOptions(zap.AddStacktrace(zapcore.FatalLevel)),
		known: map[failureKind]*failureState{},
	}
}

// report takes the failures of one scrape.
func (l *failureLog) report(now time.Time, failures []cluster.Failure) {
	kinds, merged := mergeKinds(failures)
	failing := map[string]bool{}
	for _, kind := range kinds {
		failing[kind.question()] = true
		l.fail(now, kind, merged[kind])
	}
	for kind, state := range l.known {
		// A question that fails in another way now is not answered again.
		if !failing[kind.question()] {
			l.recover(now, kind, state)
		}
	}
}

func (l *failureLog) fail(now time.Time, kind failureKind, f cluster.Failure) {
	state := l.known[kind]
	if state == nil {
		state = &failureState{}
		l.known[kind] = state
	} else if now.Sub(state.loggedAt) < repeatAfter {
		state.suppressed++
		return
	}
	// Each question has messages of its own, because the collector's logger
	// drops messages that it sees too often, and this one is not repeated soon.
	l.log.Warn(kind.system()+" did not answer in full: "+kind.question(), append(kind.fields(), costs(f, state.suppressed)...)...)
	*state = failureState{loggedAt: now, open: true}
}

// recover says that a failure is over. What comes and goes is kept in mind, so
// that it does not fill the log with a pair of lines for each scrape.
func (l *failureLog) recover(now time.Time, kind failureKind, state *failureState) {
	if state.open {
		state.open = false
		l.log.Info(kind.system()+" answers again: "+kind.question(), kind.fields()...)
	}
	if now.Sub(state.loggedAt) >= repeatAfter {
		delete(l.known, kind)
	}
}

// mergeKinds returns the kinds in order of appearance, and for each of them its
// first failure with the costs of all.
func mergeKinds(failures []cluster.Failure) ([]failureKind, map[failureKind]cluster.Failure) {
	var kinds []failureKind
	merged := map[failureKind]cluster.Failure{}
	for _, f := range failures {
		kind := failureKind{f.API, f.Broker, f.Address, f.Code, f.Cause}
		first, seen := merged[kind]
		if !seen {
			kinds = append(kinds, kind)
			merged[kind] = f
			continue
		}
		first.Groups += f.Groups
		first.Partitions += f.Partitions
		merged[kind] = first
	}
	return kinds, merged
}

// system says who did not answer.
func (k failureKind) system() string {
	if k.api == zookeeper.API {
		return k.api
	}
	return "Kafka"
}

// question says what was asked, and whom.
func (k failureKind) question() string {
	switch {
	case k.api == "":
		return "nothing was learned"
	case k.address == "":
		return k.api
	case k.api == zookeeper.API:
		return k.address
	}
	return k.api + " at " + k.address
}

// fields names the kind of failure, without what it does not have.
func (k failureKind) fields() []zap.Field {
	var fields []zap.Field
	if k.broker != cluster.NoBroker {
		fields = append(fields, zap.Int32("broker", k.broker))
	}
	for _, text := range []struct{ key, value string }{
		{"address", k.address},
		{"api", k.api},
		{"error_code", k.code},
		{"likely_cause", k.cause},
	} {
		if text.value != "" {
			fields = append(fields, zap.String(text.key, text.value))
		}
	}
	return fields
}

func costs(f cluster.Failure, suppressed int) []zap.Field {
	var fields []zap.Field
	for _, count := range []struct {
		key   string
		value int
	}{
		{"groups_missing", f.Groups},
		{"partitions_missing", f.Partitions},
		{"repeats_not_logged", suppressed},
	} {
		if count.value > 0 {
			fields = append(fields, zap.Int(count.key, count.value))
		}
	}
	if f.Err != nil {
		// Not zap.Error, which adds the stack that some errors carry.
		fields = append(fields, zap.String("error", f.Err.Error()))
	}
	return fields
}
