// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// maxNamed bounds the groups that a line names: the largest, where the number
// of others says enough.
const maxNamed = 20

// partitionLimiter keeps a scrape within max_group_partitions, and says which groups pay
// for it.
type partitionLimiter struct {
	limit  int
	points int // data points of each group-partition
	log    *zap.Logger

	told   []string // the groups that the log was last told of
	toldAt time.Time
}

func newPartitionLimiter(cfg *Config, log *zap.Logger) *partitionLimiter {
	return &partitionLimiter{limit: cfg.MaxGroupPartitions, points: pointsPerPartition(cfg.Metrics), log: log}
}

// pointsPerPartition is how many data points a group-partition has where
// everything is known of it.
func pointsPerPartition(on metadata.MetricsConfig) int {
	n := 0
	for _, enabled := range []bool{
		on.KafkaConsumerGroupOffset.Enabled, on.KafkaConsumerGroupLag.Enabled,
		on.KafkaConsumerGroupTimeLag.Enabled, on.KafkaConsumerGroupPartitionStatus.Enabled,
	} {
		if enabled {
			n++
		}
	}
	return n
}

// apply takes out of the report what is too much, and returns how many data
// points that leaves out.
func (g *partitionLimiter) apply(now time.Time, report *lag.Report) int {
	if g.points == 0 {
		return 0
	}
	reduced := report.LimitPartitions(g.limit)
	g.tell(now, reduced)
	return reduced.Partitions * g.points
}

// tell logs when the groups change, at most every few minutes.
func (g *partitionLimiter) tell(now time.Time, reduced lag.LimitedPartitions) {
	switch {
	case slices.Equal(reduced.Groups, g.told), g.told != nil && saidLately(g.toldAt, now):
		return
	case reduced.Groups == nil:
		g.log.Info("Every consumer group has metrics of its partitions again", zap.Int("max_group_partitions", g.limit))
	default:
		g.log.Warn("Too many partitions: the largest consumer groups have their sums only",
			zap.Int("max_group_partitions", g.limit),
			zap.Int("partitions_left_out", reduced.Partitions),
			zap.Strings("groups", clipped(reduced.Groups[:min(maxNamed, len(reduced.Groups))])),
			zap.Int("groups_not_named", max(0, len(reduced.Groups)-maxNamed)))
	}
	g.told, g.toldAt = reduced.Groups, now
}
