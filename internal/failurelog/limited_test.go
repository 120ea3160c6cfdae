// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

func TestLimitedNamesTheGroupsOnce(t *testing.T) {
	core, logged := observer.New(zapcore.InfoLevel)
	l := NewLimited(zap.New(core), 3)
	l.Report(at, lag.LimitedPartitions{Groups: []string{"large"}, Partitions: 3})
	l.Report(at.Add(time.Minute), lag.LimitedPartitions{Groups: []string{"large"}, Partitions: 3})
	require.Equal(t, 1, logged.Len())
	line := logged.All()[0]
	assert.Equal(t, zapcore.WarnLevel, line.Level)
	assert.Equal(t, []any{"large"}, line.ContextMap()["groups"])

	l.Report(at.Add(2*time.Minute), lag.LimitedPartitions{}) // it may come back
	require.Equal(t, 1, logged.Len())
	l.Report(at.Add(repeatAfter), lag.LimitedPartitions{})
	l.Report(at.Add(2*repeatAfter), lag.LimitedPartitions{})
	require.Equal(t, 2, logged.Len())
	assert.Contains(t, logged.All()[1].Message, "again")
}

func TestLimitedNamesTheLargestGroups(t *testing.T) {
	core, logged := observer.New(zapcore.WarnLevel)
	var limited lag.LimitedPartitions
	var want []any
	for i := range maxNamed + 5 {
		name := fmt.Sprintf("group-%02d", i)
		limited.Groups = append(limited.Groups, name)
		if i < maxNamed {
			want = append(want, name)
		}
	}
	NewLimited(zap.New(core), 1).Report(at, limited)
	require.Equal(t, 1, logged.Len())
	fields := logged.All()[0].ContextMap()
	assert.Equal(t, want, fields["groups"])
	assert.EqualValues(t, 5, fields["groups_not_named"])
}

func TestLimitedCutsNames(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	NewLimited(zap.New(core), 1).Report(at, lag.LimitedPartitions{Groups: []string{strings.Repeat("g", 30_000)}, Partitions: 2})
	require.Equal(t, 1, logs.Len())
	assert.Less(t, len(fmt.Sprint(logs.All()[0].ContextMap())), 1000)
}
