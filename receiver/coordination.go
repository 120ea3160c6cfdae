// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination/member"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/membership"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/selfmetrics"
)

// groupMember is this collector as one of several.
type groupMember struct {
	*member.Member

	requests *membership.Client
}

// newMember returns nil where there is one collector.
func newMember(cfg *Config, log *zap.Logger, own *selfmetrics.Metrics) (*groupMember, error) {
	c := cfg.Coordination
	if c.GroupID == "" {
		return nil, nil
	}
	requests, err := membership.New(cfg.Config, c.GroupID, c.InstanceID, c.SessionTimeout, log, own.Traffic(selfmetrics.ForCoordination))
	if err != nil {
		return nil, err
	}
	return &groupMember{requests: requests, Member: member.New(member.Config{
		GroupID:        c.GroupID,
		InstanceID:     c.InstanceID,
		Settings:       sharedSettings(cfg),
		SessionTimeout: c.SessionTimeout,
		RequestTimeout: cfg.RequestTimeout,
	}, requests, log)}, nil
}

// Start joins the group in the background.
func (m *groupMember) Start(host component.Host) error {
	if err := m.requests.Start(host); err != nil {
		return err
	}
	m.Member.Start()
	return nil
}

// Shutdown leaves the group.
func (m *groupMember) Shutdown() {
	m.Member.Shutdown()
	m.requests.Close()
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
		"metrics":                  switched(cfg.Metrics, defaults.Metrics),
		"resource_attributes":      switched(cfg.ResourceAttributes, defaults.ResourceAttributes),
	}
}

func list(values []string) string { return strings.Join(slices.Sorted(slices.Values(values)), ",") }

// switched lists the metrics or attributes that are on (+) or off (-) other than by
// default: collectors of two versions may have different ones that are on by default.
func switched[C metadata.MetricsConfig | metadata.ResourceAttributesConfig](cfg, defaults C) string {
	given, usual := reflect.ValueOf(cfg), reflect.ValueOf(defaults)
	var changes []string
	for i := range given.NumField() {
		name := given.Type().Field(i).Tag.Get("mapstructure")
		on := given.Field(i).FieldByName("Enabled").Bool()
		switch {
		case on == usual.Field(i).FieldByName("Enabled").Bool():
		case on:
			changes = append(changes, "+"+name)
		default:
			changes = append(changes, "-"+name)
		}
	}
	return strings.Join(changes, " ")
}
