// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/zookeeper"
)

// repeatAfter is for how long the log does not repeat what goes on.
const repeatAfter = 5 * time.Minute

// saidLately reports whether a line of that time still speaks for what goes on.
func saidLately(at, now time.Time) bool { return now.Sub(at) < repeatAfter }

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
	var begun, ended []failureKind
	for _, kind := range kinds {
		failing[kind.question()] = true
		if l.due(now, kind) {
			begun = append(begun, kind)
		}
	}
	for kind, state := range l.known {
		// A question that fails in another way now is not answered again.
		if !failing[kind.question()] && l.recovered(now, kind, state) {
			ended = append(ended, kind)
		}
	}
	// Each question has messages of its own, because the collector's logger
	// drops messages that it sees too often, and these are not repeated soon.
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

// due reports whether a failure is to be told.
func (l *failureLog) due(now time.Time, kind failureKind) bool {
	state := l.known[kind]
	if state == nil || !saidLately(state.loggedAt, now) {
		return true
	}
	state.suppressed++
	return false
}

// recovered reports whether the end of a failure is to be told. What comes and
// goes is kept in mind, so that it does not fill the log with a pair of lines for
// each scrape.
func (l *failureLog) recovered(now time.Time, kind failureKind, state *failureState) bool {
	wasOpen := state.open
	state.open = false
	if !saidLately(state.loggedAt, now) {
		delete(l.known, kind)
	}
	return wasOpen
}

// maxAlike is how many addresses have a line each for the same failure. More
// share one: their number is up to whoever answers for metadata.
const maxAlike = 5

// logLine is what one line tells of: a failure at one address, or alike ones at
// many.
type logLine struct {
	failureKind

	all []failureKind // sorted by address
}

// at names the question, and whom it was asked of. What is told of several says
// so: others may go on failing.
func (l logLine) at() string {
	if len(l.all) > maxAlike {
		return l.question() + " at several brokers"
	}
	return l.question()
}

// inLines puts failures that differ by their broker alone together where they are
// many, in the order of their first.
func inLines(kinds []failureKind) []logLine {
	var order []failureKind
	alike := map[failureKind][]failureKind{}
	for _, kind := range kinds {
		shared := failureKind{api: kind.api, broker: cluster.NoBroker, code: kind.code, cause: kind.cause}
		if alike[shared] == nil {
			order = append(order, shared)
		}
		alike[shared] = append(alike[shared], kind)
	}
	var lines []logLine
	for _, shared := range order {
		all := alike[shared]
		if len(all) > maxAlike {
			slices.SortFunc(all, func(a, b failureKind) int { return strings.Compare(a.address, b.address) })
			lines = append(lines, logLine{shared, all})
			continue
		}
		for i, kind := range all {
			lines = append(lines, logLine{kind, all[i : i+1]})
		}
	}
	return lines
}

// fields names what failed, and where.
func (l logLine) fields() []zap.Field {
	fields := l.failureKind.fields()
	if len(l.all) > 1 {
		first := make([]string, firstNamed)
		for i := range first {
			first[i] = l.all[i].address
		}
		fields = append(fields, zap.Int("brokers", len(l.all)), zap.Strings("first", first))
	}
	return fields
}

// firstNamed is how many addresses a line names that tells of many.
const firstNamed = 3

// costs adds up what is missing because of a line's failures.
func (l *failureLog) costs(line logLine, merged map[failureKind]cluster.Failure) []zap.Field {
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

// maxText bounds what a line takes of a text that a peer may choose.
const maxText = 300

// clip cuts a text that is too long, and says so.
func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	return text[:maxText] + "…"
}

func clipped(texts []string) []string {
	short := make([]string, len(texts))
	for i, text := range texts {
		short[i] = clip(text)
	}
	return short
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
		fields = append(fields, zap.String("error", clip(f.Err.Error())))
	}
	return fields
}
