// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

func TestGroupLimiter(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	l := newGroupLimiter(&Config{MaxGroups: 2}, zap.New(core))
	scrape := func(leftOut int, lags map[string]cluster.Offset) {
		s := &cluster.Snapshot{Groups: map[string]*cluster.Group{}, LeftOutGroups: leftOut}
		report := &lag.Report{}
		for name, most := range lags {
			s.Groups[name] = &cluster.Group{Name: name}
			report.Groups = append(report.Groups, lag.Group{Name: name, LagMax: most})
		}
		l.learn(s, report)
	}
	assert.Equal(t, int64(-1), l.lastLag("a"))
	scrape(0, map[string]cluster.Offset{"a": 7, "b": cluster.None})
	assert.Empty(t, logs.All())
	assert.Equal(t, int64(7), l.lastLag("a"))
	assert.Equal(t, int64(0), l.lastLag("b"), "more than a group that was left out")
	assert.Equal(t, int64(-1), l.lastLag("c"))
	scrape(3, map[string]cluster.Offset{"a": cluster.Unknown})
	assert.Equal(t, int64(7), l.lastLag("a"), "what is unknown now is as it was")
	assert.Equal(t, int64(-1), l.lastLag("b"))
	l.learn(
		&cluster.Snapshot{Groups: map[string]*cluster.Group{"s": {Name: "s"}}, LeftOutGroups: 3},
		&lag.Report{Share: []lag.Group{{Name: "s", LagMax: 9}}},
	)
	assert.Equal(t, int64(9), l.lastLag("s"), "a share group as others")
	scrape(4, nil)
	scrape(0, nil)
	scrape(0, nil)
	if assert.Equal(t, 2, logs.Len(), "once when it begins, once when it ends") {
		assert.Equal(t, int64(3), logs.All()[0].ContextMap()["groups_left_out"])
		assert.Equal(t, zapcore.InfoLevel, logs.All()[1].Level)
	}
}
