// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// logged runs a scrape every minute, the i-th with failures[i], and returns for
// each minute the lines that it wrote.
func logged(t *testing.T, failures ...[]cluster.Failure) [][]observer.LoggedEntry {
	t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	l := New(zap.New(core))
	var lines [][]observer.LoggedEntry
	for minute, f := range failures {
		l.Report(time.Unix(0, 0).Add(time.Duration(minute)*time.Minute), f)
		lines = append(lines, logs.TakeAll())
	}
	return lines
}

func TestLogWhen(t *testing.T) {
	bad := []cluster.Failure{{API: "ListOffsets", Broker: 2, Address: "b2:9092", Partitions: 3, Err: errors.New("EOF")}}
	for name, tt := range map[string]struct {
		failures [][]cluster.Failure
		// want has a letter for each scrape: w a warning, i information, - nothing.
		want string
	}{
		"nothing fails":              {[][]cluster.Failure{nil, nil}, "--"},
		"fails once":                 {[][]cluster.Failure{bad, nil, nil}, "wi-"},
		"goes on":                    {[][]cluster.Failure{bad, bad, bad, bad, bad, bad, bad}, "w----w-"},
		"goes on and is over":        {[][]cluster.Failure{bad, bad, nil, nil}, "w-i-"},
		"comes and goes":             {[][]cluster.Failure{bad, nil, bad, nil, bad, nil, bad, nil}, "wi----wi"},
		"comes back after some time": {[][]cluster.Failure{bad, nil, nil, nil, nil, nil, bad}, "wi----w"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, lines := range logged(t, tt.failures...) {
				require.LessOrEqual(t, len(lines), 1)
				letter := "-"
				for _, line := range lines {
					letter = line.Level.String()[:1]
				}
				got += letter
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestLogWhat(t *testing.T) {
	bad := []cluster.Failure{
		{
			API: "OffsetFetch", Broker: 2, Address: "b2:9092", Code: "GROUP_AUTHORIZATION_FAILED",
			Cause: "the ACLs allow no Describe on the group", Groups: 1, Err: errors.New("denied: a"),
		},
		{API: "Metadata", Broker: cluster.NoBroker, Address: "b9:9092", Err: errors.New("no such host")},
		{
			API: "OffsetFetch", Broker: 2, Address: "b2:9092", Code: "GROUP_AUTHORIZATION_FAILED",
			Cause: "the ACLs allow no Describe on the group", Groups: 2, Partitions: 5, Err: errors.New("denied: b"),
		},
	}
	denied := map[string]any{
		"broker": int32(2), "address": "b2:9092", "api": "OffsetFetch", "error_code": "GROUP_AUTHORIZATION_FAILED",
		"likely_cause": "the ACLs allow no Describe on the group",
	}
	lines := logged(t, bad, bad, bad, bad, bad, bad, bad[1:2])

	require.Len(t, lines[0], 2, "one line for each kind")
	assert.Equal(t, with(denied, map[string]any{
		"groups_missing": int64(3), "partitions_missing": int64(5), "error": "denied: a",
	}), lines[0][0].ContextMap())
	assert.Equal(t, map[string]any{
		"address": "b9:9092", "api": "Metadata", "error": "no such host",
	}, lines[0][1].ContextMap())

	require.Len(t, lines[5], 2)
	assert.Equal(t, int64(4), lines[5][0].ContextMap()["repeats_not_logged"])

	require.Len(t, lines[6], 1, "the other one goes on")
	assert.Equal(t, zapcore.InfoLevel, lines[6][0].Level)
	assert.Equal(t, denied, lines[6][0].ContextMap())
}

// A broker that fails in another way has not recovered from the first one.
func TestLogTakesNoOtherFailureForAnAnswer(t *testing.T) {
	refused := cluster.Failure{API: "Metadata", Broker: 1, Address: "b1:9092", Code: "NO_CONNECTION"}
	silent := cluster.Failure{API: "Metadata", Broker: 1, Address: "b1:9092", Code: "NO_ANSWER"}
	elsewhere := cluster.Failure{API: "Metadata", Broker: 2, Address: "b2:9092", Code: "NO_CONNECTION"}
	lines := logged(t,
		[]cluster.Failure{refused, elsewhere},
		[]cluster.Failure{silent},
		[]cluster.Failure{refused},
		nil)
	var got [][]string
	for _, minute := range lines {
		said := []string{}
		for _, line := range minute {
			said = append(said, fmt.Sprint(line.Level, " ", line.ContextMap()["address"], " ", line.ContextMap()["error_code"]))
		}
		slices.Sort(said)
		got = append(got, said)
	}
	assert.Equal(t, [][]string{
		{"warn b1:9092 NO_CONNECTION", "warn b2:9092 NO_CONNECTION"},
		{"info b2:9092 NO_CONNECTION", "warn b1:9092 NO_ANSWER"},
		{},
		{"info b1:9092 NO_ANSWER", "info b1:9092 NO_CONNECTION"},
	}, got)
}

// A person is sent to the system that is away.
func TestLogNamesTheSystem(t *testing.T) {
	lines := logged(t, []cluster.Failure{
		{API: "Metadata", Address: "b1:9092"},
		{API: "ZooKeeper", Broker: cluster.NoBroker, Address: "z1:2181,z2:2181"},
	}, nil)
	var got []string
	for _, line := range slices.Concat(lines...) {
		got = append(got, line.Message)
	}
	assert.ElementsMatch(t, []string{
		"Kafka did not answer in full: Metadata at b1:9092",
		"ZooKeeper did not answer in full: z1:2181,z2:2181",
		"Kafka answers again: Metadata at b1:9092",
		"ZooKeeper answers again: z1:2181,z2:2181",
	}, got)
}

// By default the collector drops a line whose message it saw ten times within
// ten seconds; a cluster that goes away may say more than that at once.
func TestLogIsNotSampledAway(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	l := New(zap.New(zapcore.NewSamplerWithOptions(core, 10*time.Second, 10, 100)))
	var failures []cluster.Failure
	for id := range int32(50) {
		failures = append(failures, cluster.Failure{API: "ListOffsets", Broker: id, Address: fmt.Sprintf("b%d:9092", id), Cause: fmt.Sprintf("another %d", id)})
	}
	l.Report(time.Unix(0, 0), failures)
	assert.Equal(t, 50, logs.Len())
}

func TestLogForgets(t *testing.T) {
	l := New(zap.NewNop())
	at := time.Unix(0, 0)
	l.Report(at, []cluster.Failure{{API: "Metadata"}})
	l.Report(at.Add(repeatAfter-1), nil)
	assert.Len(t, l.known, 1)
	l.Report(at.Add(repeatAfter), nil)
	assert.Empty(t, l.known)
}

func with(parts ...map[string]any) map[string]any {
	all := map[string]any{}
	for _, m := range parts {
		maps.Copy(all, m)
	}
	return all
}

// unreachable is a failure of each of n brokers, which have names of this length.
func unreachable(n, length int) []cluster.Failure {
	failures := make([]cluster.Failure, n)
	for i := range failures {
		address := fmt.Sprintf("%05d%s:9092", i, strings.Repeat("x", length))
		failures[i] = cluster.Failure{
			API: "ListGroups", Broker: int32(i), Address: address, Code: cluster.CodeNoConnection, Groups: 2,
			Err: fmt.Errorf("dial tcp: lookup %s: no such host", address),
		}
	}
	return failures
}

// However many brokers fail alike, a scrape has one line about them, and one when
// they are back.
func TestLogOfManyBrokers(t *testing.T) {
	many := unreachable(10_000, 3)
	lines := logged(t, many, many, nil)
	require.Len(t, lines[0], 1)
	assert.Equal(t, "Kafka did not answer in full: ListGroups at several brokers", lines[0][0].Message)
	assert.Equal(t, map[string]any{
		"api": "ListGroups", "error_code": "NO_CONNECTION", "brokers": int64(10_000), "groups_missing": int64(20_000),
		"first": []any{"00000xxx:9092", "00001xxx:9092", "00002xxx:9092"},
		"error": "dial tcp: lookup 00000xxx:9092: no such host",
	}, lines[0][0].ContextMap())
	assert.Empty(t, lines[1])
	require.Len(t, lines[2], 1)
	assert.Equal(t, "Kafka answers again: ListGroups at several brokers", lines[2][0].Message)
	assert.Equal(t, map[string]any{
		"api": "ListGroups", "error_code": "NO_CONNECTION", "brokers": int64(10_000),
		"first": []any{"00000xxx:9092", "00001xxx:9092", "00002xxx:9092"},
	}, lines[2][0].ContextMap())
}

// Some have a line each, which names them.
func TestLogOfSomeBrokers(t *testing.T) {
	lines := logged(t, unreachable(maxAlike, 3), nil)
	assert.Len(t, lines[0], maxAlike)
	assert.Len(t, lines[1], maxAlike)
}

// No line is long, whatever names a peer has.
func TestLogCutsNames(t *testing.T) {
	for _, n := range []int{1, 100} {
		for _, line := range slices.Concat(logged(t, unreachable(n, 100_000), nil)...) {
			text := line.Message + fmt.Sprint(line.ContextMap())
			assert.Less(t, len(text), 2000)
		}
	}
}
