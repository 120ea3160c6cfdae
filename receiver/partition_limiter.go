// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/failurelog"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/record"
)

// partitionLimiter keeps a scrape within max_group_partitions.
type partitionLimiter struct {
	limit int
	// points and sharePoints are the data points of each group-partition, beside that
	// of its owner.
	points, sharePoints int
	owners              bool
	log                 *failurelog.Limited
}

func newPartitionLimiter(cfg *Config, log *zap.Logger) *partitionLimiter {
	return &partitionLimiter{
		limit:       cfg.MaxGroupPartitions,
		points:      record.PointsPerPartition(cfg.Metrics),
		sharePoints: record.PointsPerSharePartition(cfg.Metrics),
		owners:      cfg.Metrics.KafkaConsumerGroupPartitionOwner.Enabled,
		log:         failurelog.NewLimited(log, cfg.MaxGroupPartitions),
	}
}

// apply removes from the report, and from the groups as they were described, what
// exceeds the limit, and returns how many data points that leaves out. Groups without
// metrics of partitions do not count.
func (l *partitionLimiter) apply(now time.Time, report *lag.Report, groups map[string]*cluster.Group) int {
	if l.points+l.sharePoints == 0 && !l.owners {
		return 0
	}
	var counted lag.Report // of the same groups
	if l.points > 0 {
		counted.Groups = report.Groups
	}
	if l.sharePoints > 0 {
		counted.Share = report.Share
	}
	if l.owners {
		counted.Groups = withOwned(counted.Groups, groups)
	}
	limited := counted.LimitPartitions(l.limit)
	l.log.Report(now, limited)
	leftOut := limited.Committed*l.points + limited.SharePartitions*l.sharePoints
	if l.owners {
		leftOut += dropOwners(groups, limited.Groups)
	}
	return leftOut
}

// withOwned returns the groups with the number of partitions that their members are
// assigned. Some have members and no commits.
func withOwned(committed []lag.Group, groups map[string]*cluster.Group) []lag.Group {
	all := slices.Clone(committed)
	known := make(map[string]bool, len(all))
	for i := range all {
		known[all[i].Name] = true
		all[i].Owned = owned(groups[all[i].Name])
	}
	for name, g := range groups {
		if n := owned(g); n > 0 && !known[name] {
			all = append(all, lag.Group{Name: name, Owned: n})
		}
	}
	return all
}

// owned counts the partitions of a group that have an owner.
func owned(g *cluster.Group) int {
	n := 0
	for _, a := range g.Assigned {
		n += len(a.Owners)
	}
	return n
}

// dropOwners leaves the groups of these names without the owners of their partitions,
// and returns how many they had.
func dropOwners(groups map[string]*cluster.Group, names []string) int {
	n := 0
	for _, name := range names {
		g := groups[name]
		n += owned(g)
		for i := range g.Assigned {
			g.Assigned[i].Owners = nil
		}
	}
	return n
}
