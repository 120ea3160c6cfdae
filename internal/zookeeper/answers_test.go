// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package zookeeper

import (
	"context"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// What a ZooKeeper answers is read as the library reads it.
func TestSoundAnswers(t *testing.T) {
	for name, offset := range map[string]struct {
		data []byte
		want cluster.Offset
	}{
		"an offset": {text("42"), 42},
		"no data":   {number(-1), cluster.None},
		"empty":     {number(0), cluster.None},
	} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, sound, func(operation int32, path string) []byte {
				if operation == opGetData {
					return answered(0, offset.data, stat)
				}
				return tree(operation, path)
			})
			groups, failures := newReader(t, s.addr()).Groups(t.Context(), except(), except())
			assert.Empty(t, failures)
			assert.Equal(t, []*cluster.Group{{
				Name: "billing", Coordinator: cluster.NoBroker, CommitsKnown: true, Commits: []cluster.TopicCommits{
					{Topic: "orders", Partitions: []cluster.Commit{{Partition: 0, Offset: offset.want}}},
				},
			}}, groups)
		})
	}
}

// The library believes each length and count that it reads: it allocates what
// they say, or ends the process.
func TestHostileAnswers(t *testing.T) {
	list := func(body ...[]byte) func(int32, string) []byte {
		return func(operation int32, path string) []byte {
			if operation == opGetChildren {
				return answered(0, body...)
			}
			return tree(operation, path)
		}
	}
	data := func(body ...[]byte) func(int32, string) []byte {
		return func(operation int32, path string) []byte {
			if operation == opGetData {
				return answered(0, body...)
			}
			return tree(operation, path)
		}
	}
	always := func(answer []byte) func(int32, string) []byte { return func(int32, string) []byte { return answer } }
	for name, tt := range map[string]struct {
		session []byte
		answer  func(operation int32, path string) []byte
	}{
		"2^31-1 nodes":                      {sound, list(number(math.MaxInt32))},
		"-5 nodes":                          {sound, list(number(-5))},
		"-1 nodes":                          {sound, list(number(-1), stat)},
		"more nodes than bytes":             {sound, list(number(2), text("a"), stat[:4])},
		"many nodes without a name":         {sound, list(number(100_000), make([]byte, 400_000), stat)},
		"a name longer than the answer":     {sound, list(number(1), number(70), stat)},
		"a name of -1 bytes":                {sound, list(number(1), number(-1), stat)},
		"nodes without their state":         {sound, list(nodes("billing"))},
		"no count":                          {sound, list()},
		"2^31-1 bytes of data":              {sound, data(number(math.MaxInt32))},
		"data longer than the answer":       {sound, data(number(69), stat)},
		"-2 bytes of data":                  {sound, data(number(-2), stat)},
		"data without its state":            {sound, data(text("42"))},
		"an answer shorter than its header": {sound, always(framed([]byte("XIDX1234")))},
		"an event shorter than its header":  {sound, always(framed(number(-1)))},
		"an answer to no request":           {sound, always(framed(joined(number(1<<30), wide(0), number(0), number(math.MaxInt32))))},
		"an empty answer":                   {sound, always(number(0))},
		"an answer of 2 GiB":                {sound, always(number(math.MaxInt32))},
		"an answer of -1 bytes":             {sound, always(number(-1))},
		"a session of 0 ms":                 {opened(0, 7, text("sixteen bytes 16")), tree},
		"a session of -1 ms":                {opened(-1, 7, text("sixteen bytes 16")), tree},
		"no session":                        {opened(5000, 0, text("sixteen bytes 16")), tree},
		"a password of 2^31-1 bytes":        {opened(5000, 7, number(math.MaxInt32)), tree},
		"a session cut short":               {framed(number(0)), tree},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			s := startServer(t, tt.session, tt.answer)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f := readFailing(ctx, t, s.addr())
			runtime.ReadMemStats(&after)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(50<<20))
			assert.Equal(t, cluster.CodeBadAnswer, f.Code)
			assert.Equal(t, "what answers is not ZooKeeper, or is broken", f.Cause)
			require.Error(t, f.Err)
			assert.NoError(t, ctx.Err(), "it is not tried until the time is up")
		})
	}
}

// An announced length costs nothing before its bytes are there.
func TestAnnouncedAnswer(t *testing.T) {
	s := startServer(t, sound, func(int32, string) []byte { return number(maxFrame) })
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f := readFailing(ctx, t, s.addr())
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(maxFrame/2))
	assert.Equal(t, cluster.CodeNoAnswer, f.Code)
}

// A server that is broken does not keep the next one from being asked.
func TestHostileSessionsAmongServers(t *testing.T) {
	bad, good := startServer(t, opened(0, 7, text("")), tree), startServer(t, sound, tree)
	groups, failures := newReader(t, bad.addr(), good.addr()).Groups(t.Context(), except(), except())
	assert.Empty(t, failures)
	assert.Len(t, groups, 1)
}

// Whatever a server says after the session is opened, the reading ends.
func FuzzAnswers(f *testing.F) {
	f.Add(joined(nodes("billing"), stat))
	f.Add(number(math.MaxInt32))
	f.Add(number(-5))
	f.Add([]byte(strings.Repeat("\x00", 80)))
	f.Fuzz(func(t *testing.T, body []byte) {
		s := startServer(t, sound, func(int32, string) []byte { return answered(0, body) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		groups, failures := newReader(t, s.addr()).Groups(ctx, except(), except())
		if len(failures) > 0 {
			assert.Empty(t, groups)
		}
	})
}

// A node that is named twice is one, and what is no partition's number is none.
func TestNamesAreTakenOnce(t *testing.T) {
	s := startServer(t, sound, func(operation int32, path string) []byte {
		switch {
		case operation == opGetChildren && path == "/consumers":
			return answered(0, nodes("shipping/..", "billing", "billing", "\xff\x00"), stat)
		case operation == opGetChildren && path == "/consumers/billing/offsets":
			return answered(0, nodes("orders", "orders"), stat)
		case operation == opGetChildren:
			return answered(0, nodes("7", "2147483647", "0", "0", "00", "+1", "-2147483648", "-1"), stat)
		}
		return tree(operation, path)
	})
	groups, failures := newReader(t, s.addr()).Groups(t.Context(), except(), except())
	assert.Empty(t, failures)
	assert.Equal(t, []*cluster.Group{{
		Name: "billing", Coordinator: cluster.NoBroker, CommitsKnown: true, Commits: []cluster.TopicCommits{
			{Topic: "orders", Partitions: []cluster.Commit{{Partition: 0, Offset: 42}, {Partition: 7, Offset: 42}, {Partition: math.MaxInt32, Offset: 42}}},
		},
	}}, groups)
}
