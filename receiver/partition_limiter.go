// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/failurelog"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/record"
)

// partitionLimiter keeps a scrape within max_group_partitions.
type partitionLimiter struct {
	limit int
	// points and sharePoints are the data points of each group-partition.
	points, sharePoints int
	log                 *failurelog.Limited
}

func newPartitionLimiter(cfg *Config, log *zap.Logger) *partitionLimiter {
	return &partitionLimiter{
		limit:       cfg.MaxGroupPartitions,
		points:      record.PointsPerPartition(cfg.Metrics),
		sharePoints: record.PointsPerSharePartition(cfg.Metrics),
		log:         failurelog.NewLimited(log, cfg.MaxGroupPartitions),
	}
}

// apply removes from the report what exceeds the limit, and returns how many data
// points that leaves out. Groups without metrics of partitions do not count.
func (l *partitionLimiter) apply(now time.Time, report *lag.Report) int {
	if l.points+l.sharePoints == 0 {
		return 0
	}
	var counted lag.Report // of the same groups
	if l.points > 0 {
		counted.Groups = report.Groups
	}
	if l.sharePoints > 0 {
		counted.Share = report.Share
	}
	limited := counted.LimitPartitions(l.limit)
	l.log.Report(now, limited)
	return (limited.Partitions-limited.SharePartitions)*l.points + limited.SharePartitions*l.sharePoints
}
