// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination/sharing"
	"github.com/kafkalag/kafkalagreceiver/internal/selfmetrics"
)

// newMember returns nil where there is one collector.
func newMember(cfg *Config, log *zap.Logger, own *selfmetrics.Metrics) (*sharing.Member, error) {
	return sharing.New(cfg.Coordination, cfg.Config, coordination.Lag, sharedSettings(cfg), log, own.Traffic(selfmetrics.ForCoordination))
}

// sharedSettings returns what decides which series there are. Two collectors that differ
// in it cannot share a cluster.
func sharedSettings(cfg *Config) coordination.Settings {
	defaults := createDefaultConfig().(*Config)
	return coordination.Settings{
		"cluster_alias":            cfg.ClusterAlias,
		"topic_match":              cfg.TopicMatch,
		"topic_exclude":            cfg.TopicExclude,
		"group_match":              cfg.GroupMatch,
		"group_exclude":            cfg.GroupExclude,
		"group_states":             list(cfg.GroupStates),
		"group_types":              list(cfg.GroupTypes),
		"only_assigned_partitions": fmt.Sprint(cfg.OnlyAssignedPartitions),
		"isolation_level":          cfg.IsolationLevel,
		"zookeeper.servers":        list(cfg.ZooKeeper.Servers),
		"zookeeper.chroot":         cfg.ZooKeeper.Chroot,
		"metrics":                  sharing.Switched(cfg.Metrics, defaults.Metrics),
		"resource_attributes":      sharing.Switched(cfg.ResourceAttributes, defaults.ResourceAttributes),
	}
}

func list(values []string) string { return strings.Join(slices.Sorted(slices.Values(values)), ",") }
