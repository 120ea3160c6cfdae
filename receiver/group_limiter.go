// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// groupLimiter remembers the lag of groups, by which max_groups chooses those that it
// keeps, and logs when groups are left out.
type groupLimiter struct {
	limit    int
	log      *zap.Logger
	lags     map[string]int64
	limiting bool
}

func newGroupLimiter(cfg *Config, log *zap.Logger) *groupLimiter {
	return &groupLimiter{limit: cfg.MaxGroups, log: log}
}

// lastLag returns the largest lag of a group in the last scrape that knew it, -1
// where the group was not in the last one.
func (l *groupLimiter) lastLag(group string) int64 {
	if lag, seen := l.lags[group]; seen {
		return lag
	}
	return -1
}

// learn takes one scrape.
func (l *groupLimiter) learn(s *cluster.Snapshot, report *lag.Report) {
	if l.limit == 0 {
		return
	}
	next := make(map[string]int64, len(s.Groups))
	for name := range s.Groups {
		next[name] = max(l.lastLag(name), 0) // unless the report knows better
	}
	for _, groups := range [][]lag.Group{report.Groups, report.Share} {
		for _, g := range groups {
			if g.LagMax.Known() {
				next[g.Name] = int64(g.LagMax)
			}
		}
	}
	l.lags = next
	l.report(s.LeftOutGroups)
}

// report logs when groups begin to be left out, and when none is any more.
func (l *groupLimiter) report(leftOut int) {
	switch limiting := leftOut > 0; {
	case limiting && !l.limiting:
		l.log.Warn("Too many groups: nothing is asked about those beyond max_groups",
			zap.Int("max_groups", l.limit), zap.Int("groups_left_out", leftOut))
	case !limiting && l.limiting:
		l.log.Info("No group is beyond max_groups any more", zap.Int("max_groups", l.limit))
	}
	l.limiting = leftOut > 0
}
