// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

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
	of := lag.GroupTopic{Group: "billing", Topic: "orders"}
	for message, tt := range map[string]struct {
		found lag.Anomalies
		want  map[string]any
	}{
		"Offsets are so large that their sum does not fit a number: it is left out": {
			lag.Anomalies{SumTooLarge: 2, FirstSumsTooLarge: []lag.GroupTopic{of}},
			map[string]any{"sums": int64(2), "first": []any{map[string]any{"group": "billing", "topic": "orders"}}},
		},
		"Brokers say that share groups have a lag below 0: it is left out": {
			lag.Anomalies{Impossible: 2, FirstImpossible: []lag.GroupTopic{of}},
			map[string]any{"lags": int64(2), "first": []any{map[string]any{"group": "billing", "topic": "orders"}}},
		},
		"Groups have committed beyond the end of a partition: their lag there is 0": {
			lag.Anomalies{BeyondEnd: 7, FirstBeyondEnd: []lag.CommitBeyondEnd{{GroupTopic: of, Partition: 3, Committed: 15, End: 4}}},
			map[string]any{"commits": int64(7), "first": []any{map[string]any{
				"group": "billing", "topic": "orders", "partition": int32(3), "committed": int64(15), "end": int64(4),
			}}},
		},
	} {
		t.Run(message, func(t *testing.T) {
			core, logs := observer.New(zapcore.InfoLevel)
			l := NewAnomalies(zap.New(core))
			at := time.Unix(0, 0)
			l.Report(at, lag.Anomalies{}, 0, nil)
			assert.Empty(t, logs.TakeAll())

			l.Report(at, tt.found, 0, nil)
			lines := logs.TakeAll()
			require.Len(t, lines, 1)
			assert.Equal(t, message, lines[0].Message)
			assert.Equal(t, tt.want, lines[0].ContextMap())

			l.Report(at.Add(repeatAfter-1), tt.found, 0, nil)
			assert.Empty(t, logs.TakeAll())
			l.Report(at.Add(repeatAfter), tt.found, 0, nil)
			assert.Len(t, logs.TakeAll(), 1)
		})
	}
}
