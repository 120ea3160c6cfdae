// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import (
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// failureState is what the log has said about a kind of failure.
type failureState struct {
	loggedAt   time.Time
	suppressed int
	// open is set from the line about the failure to the line about its end.
	open bool
}

// Log logs which requests failed, in one line for each kind of failure.
type Log struct {
	log   *zap.Logger
	known map[failureKind]*failureState
}

// New returns a log that writes to log.
func New(log *zap.Logger) *Log {
	return &Log{
		// The stack of this package says nothing about a broker that is away.
		log:   log.WithOptions(zap.AddStacktrace(zapcore.FatalLevel)),
		known: map[failureKind]*failureState{},
	}
}

// Report takes all failures of one scrape.
func (l *Log) Report(now time.Time, failures []cluster.Failure) {
	kinds, merged := mergeKinds(failures)
	failing := map[string]bool{}
	var begun, ended []failureKind
	for _, kind := range kinds {
		failing[kind.question()] = true
		if l.due(now, kind) {
			begun = append(begun, kind)
		}
	}
	for kind, state := range l.known {
		// A request that now fails in another way has not recovered.
		if !failing[kind.question()] && l.recovered(now, kind, state) {
			ended = append(ended, kind)
		}
	}
	// The collector's logger drops messages that it sees too often, and these are
	// not repeated soon. So each request has messages of its own.
	for _, line := range inLines(begun) {
		l.log.Warn(line.system()+" did not answer in full: "+line.at(), append(line.fields(), l.costs(line, merged)...)...)
	}
	for _, line := range inLines(ended) {
		l.log.Info(line.system()+" answers again: "+line.at(), line.fields()...)
	}
	for _, kind := range begun {
		l.known[kind] = &failureState{loggedAt: now, open: true}
	}
}

// due reports whether to log a failure.
func (l *Log) due(now time.Time, kind failureKind) bool {
	state := l.known[kind]
	if state == nil || !saidLately(state.loggedAt, now) {
		return true
	}
	state.suppressed++
	return false
}

// recovered reports whether to log the end of a failure. A failure that comes and
// goes is remembered, so that it does not write two lines for each scrape.
func (l *Log) recovered(now time.Time, kind failureKind, state *failureState) bool {
	wasOpen := state.open
	state.open = false
	if !saidLately(state.loggedAt, now) {
		delete(l.known, kind)
	}
	return wasOpen
}

// costs adds up what is missing because of the failures of a line.
func (l *Log) costs(line logLine, merged map[failureKind]cluster.Failure) []zap.Field {
	total, suppressed := cluster.Failure{Err: merged[line.all[0]].Err}, 0
	for _, kind := range line.all {
		total.Groups += merged[kind].Groups
		total.Partitions += merged[kind].Partitions
		if state := l.known[kind]; state != nil {
			suppressed += state.suppressed
		}
	}
	return costs(total, suppressed)
}

// mergeKinds returns the kinds in order of appearance, and for each of them its
// first failure with the costs of all.
func mergeKinds(failures []cluster.Failure) ([]failureKind, map[failureKind]cluster.Failure) {
	var kinds []failureKind
	merged := map[failureKind]cluster.Failure{}
	for _, f := range failures {
		kind := failureKind{f.API, f.Broker, clip(f.Address), f.Code, clip(f.Cause)}
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
