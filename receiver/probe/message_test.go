// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMessage(t *testing.T) {
	longest := message{newLaneID(), math.MinInt32, math.MinInt64, math.MinInt64}
	assert.Less(t, len(longest.encode()), maxMessage)
	decoded, ok := decodeMessage(string(longest.encode()))
	assert.True(t, ok)
	assert.Equal(t, longest, decoded)
	assert.JSONEq(t, `{"probe": "p", "partition": 1, "sequence": 2, "sent_unix_ms": 3}`, string(message{"p", 1, 2, 3}.encode()))
	another := newLaneID()
	assert.NotEqual(t, longest.Probe, another)
}

func TestForeignMessages(t *testing.T) {
	for _, value := range []string{
		"", "null", "hello", "{", "[]", `"probe"`, `{"probe": 5}`, `{"sequence": 1e99}`, `{"sequence": "1"}`,
		"\xff\xfe", `{"probe": "` + strings.Repeat("a", maxMessage) + `"}`, strings.Repeat("[", 200),
	} {
		m, ok := decodeMessage(value)
		assert.True(t, !ok || m.Probe == "", value)
	}
}

func FuzzMessage(f *testing.F) {
	f.Add(`{"probe": "p", "partition": 1, "sequence": 2, "sent_unix_ms": 3}`)
	f.Fuzz(func(t *testing.T, value string) {
		if m, ok := decodeMessage(value); ok {
			again, ok := decodeMessage(string(m.encode()))
			assert.True(t, !ok && len(m.encode()) > maxMessage || again == m)
		}
	})
}
