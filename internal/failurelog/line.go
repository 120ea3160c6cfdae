// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import (
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// failureKind is what equal failures have in common: an engineer would do the same
// about them.
type failureKind struct {
	api     string
	broker  int32
	address string
	code    string
	cause   string
}

// maxAlike is the largest number of addresses that each have a line for the same
// failure. More of them share one line: their number is up to whoever sends the
// metadata.
const maxAlike = 5

// logLine is the content of one line: a failure at one address, or the same failure
// at many.
type logLine struct {
	failureKind

	all []failureKind // sorted by address
}

// at names the request and the address. A line about several addresses says so:
// others may still fail.
func (l logLine) at() string {
	if len(l.all) > maxAlike {
		return l.question() + " at several brokers"
	}
	return l.question()
}

// inLines merges failures that differ only by their broker where they are many. The
// lines are in the order of the first failure of each.
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

// fields returns what failed, and where.
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

// firstNamed is how many addresses a line about many names.
const firstNamed = 3

// system names the system that did not answer.
func (k failureKind) system() string {
	if k.api == cluster.APIZooKeeper {
		return k.api
	}
	return "Kafka"
}

// question names the request and its address.
func (k failureKind) question() string {
	switch {
	case k.api == "":
		return "nothing was learned"
	case k.address == "":
		return k.api
	case k.api == cluster.APIZooKeeper:
		return k.address
	}
	return k.api + " at " + k.address
}

// fields returns the parts of the kind that are set.
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
