// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

func TestExpiredLog(t *testing.T) {
	core, lines := observer.New(zapcore.InfoLevel)
	l := newExpiredLog(zap.New(core))
	now := at
	expire := func(after time.Duration, expired cluster.Offset) []map[string]any {
		now = now.Add(after)
		l.report(now, &lag.Report{Groups: []lag.Group{{Name: "billing", Topics: []lag.Topic{
			{Name: "orders", Expired: expired}, {Name: "users"},
		}}}})
		var fields []map[string]any
		for _, line := range lines.TakeAll() {
			fields = append(fields, line.ContextMap())
		}
		return fields
	}
	line := func(records, inAll int64) []map[string]any {
		return []map[string]any{{"group": "billing", "topic": "orders", "records": records, "records_in_all": inAll}}
	}
	assert.Empty(t, expire(0, 100), "when that happened is not known")
	assert.Empty(t, expire(time.Minute, 100))
	assert.Equal(t, line(50, 150), expire(time.Minute, 150))
	assert.Empty(t, expire(time.Minute, 160), "not so soon again")
	assert.Empty(t, expire(time.Minute, cluster.Unknown))
	assert.Empty(t, expire(time.Minute, 170))
	assert.Equal(t, line(20, 170), expire(repeatAfter, 170), "what came meanwhile")
	assert.Empty(t, expire(repeatAfter, 0), "the group goes on")
	assert.Equal(t, line(5, 5), expire(repeatAfter, 5))

	l.report(now.Add(2*time.Hour), &lag.Report{})
	require.Empty(t, l.known)
}
