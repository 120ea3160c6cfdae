// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import (
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// maxNamed is how many groups a line names: the largest. Of the others it has the
// number.
const maxNamed = 20

// Limited logs which groups max_group_partitions leaves without metrics of their
// partitions.
type Limited struct {
	log   *zap.Logger
	limit int

	logged   []string // the groups of the last line
	loggedAt time.Time
}

// NewLimited returns a log that writes to log. limit is max_group_partitions.
func NewLimited(log *zap.Logger, limit int) *Limited { return &Limited{log: log, limit: limit} }

// Report logs when the groups change, at most every few minutes.
func (l *Limited) Report(now time.Time, limited lag.LimitedPartitions) {
	switch {
	case slices.Equal(limited.Groups, l.logged), l.logged != nil && saidLately(l.loggedAt, now):
		return
	case limited.Groups == nil:
		l.log.Info("Every consumer group has metrics of its partitions again", zap.Int("max_group_partitions", l.limit))
	default:
		l.log.Warn("Too many partitions: the largest groups have their sums only",
			zap.Int("max_group_partitions", l.limit),
			zap.Int("partitions_left_out", limited.Partitions),
			zap.Strings("groups", clipped(limited.Groups[:min(maxNamed, len(limited.Groups))])),
			zap.Int("groups_not_named", max(0, len(limited.Groups)-maxNamed)))
	}
	l.logged, l.loggedAt = limited.Groups, now
}
