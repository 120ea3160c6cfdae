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

	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

func TestAnomaliesAreNamedOnce(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	l := newAnomalyLog(zap.New(core))
	found := lag.Anomalies{SumTooLarge: 2, FirstSumsTooLarge: []lag.GroupTopic{{Group: "billing", Topic: "orders"}}}
	at := time.Unix(0, 0)
	l.report(at, lag.Anomalies{}, nil)
	assert.Empty(t, logs.TakeAll())

	l.report(at, found, nil)
	lines := logs.TakeAll()
	require.Len(t, lines, 1)
	assert.Equal(t, "Offsets are so large that their sum does not fit a number: it is left out", lines[0].Message)
	assert.Equal(t, map[string]any{
		"sums": int64(2), "first": []any{map[string]any{"group": "billing", "topic": "orders"}},
	}, lines[0].ContextMap())

	l.report(at.Add(repeatAfter-1), found, nil)
	assert.Empty(t, logs.TakeAll())
	l.report(at.Add(repeatAfter), found, nil)
	assert.Len(t, logs.TakeAll(), 1)
}
