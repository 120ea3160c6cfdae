// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package receiver is the kafkalag receiver: its configuration, the scrape, and
// the metrics that come of it.
package receiver

import (
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination/sharing"
	"github.com/kafkalag/kafkalagreceiver/internal/durations"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/zookeeper"
)

// Values of isolation_level.
const (
	readUncommitted = "read_uncommitted"
	readCommitted   = "read_committed"
)

// Config is the receiver's configuration.
type Config struct {
	// CollectionInterval is the time from the start of one scrape to the next.
	CollectionInterval time.Duration `mapstructure:"collection_interval"`
	// InitialDelay is how long the first scrape waits.
	InitialDelay time.Duration `mapstructure:"initial_delay"`
	// Timeout bounds a scrape and the delivery of what it found.
	Timeout time.Duration `mapstructure:"timeout"`

	// Config is how to reach and log in to the cluster.
	kafkaconfig.Config `mapstructure:",squash"`
	// ClusterAlias is a name for the cluster. It becomes the resource attribute
	// kafka.cluster.alias; empty leaves that out.
	ClusterAlias string `mapstructure:"cluster_alias"`

	// TopicMatch and TopicExclude are regular expressions. A topic is wanted
	// where the first matches its name and the second does not; empty is no
	// condition.
	TopicMatch   string `mapstructure:"topic_match"`
	TopicExclude string `mapstructure:"topic_exclude"`
	// GroupMatch and GroupExclude are the same for groups of all types.
	GroupMatch   string `mapstructure:"group_match"`
	GroupExclude string `mapstructure:"group_exclude"`
	// GroupStates and GroupTypes are the wanted groups' states and types in
	// Kafka's words; empty is all.
	GroupStates []string `mapstructure:"group_states"`
	GroupTypes  []string `mapstructure:"group_types"`
	// OnlyAssignedPartitions leaves out the offsets and lag of partitions that
	// no live member of the group is assigned.
	OnlyAssignedPartitions bool `mapstructure:"only_assigned_partitions"`
	// IsolationLevel is read_uncommitted or read_committed. With the latter a
	// partition ends where its first open transaction begins.
	IsolationLevel string `mapstructure:"isolation_level"`

	// ZooKeeper is where old consumers keep their offsets.
	ZooKeeper zookeeper.Config `mapstructure:"zookeeper"`

	// TimeLag is how time lag is found.
	TimeLag TimeLagConfig `mapstructure:"time_lag"`

	// RetentionMarginBySize has the size that topics are limited to count for
	// kafka.consumer_group.retention_margin.
	RetentionMarginBySize bool `mapstructure:"retention_margin_by_size"`

	// MaxGroups is how many groups, of all types together, are asked about. 0: no limit.
	MaxGroups int `mapstructure:"max_groups"`
	// MaxGroupPartitions is how many pairs of group and partition may have
	// metrics of their own. Above it the largest groups have their sums only.
	// 0: no limit.
	MaxGroupPartitions int `mapstructure:"max_group_partitions"`

	// Coordination makes several collectors one.
	Coordination sharing.Config `mapstructure:"coordination"`

	// StatusWindow is how many scrapes the statuses are evaluated over.
	StatusWindow int `mapstructure:"status_window"`

	// MetricsBuilderConfig turns metrics and resource attributes on and off.
	metadata.MetricsBuilderConfig `mapstructure:",squash"`

	// undecoded has the durations that could not be read. Validate reports
	// them, so that they come together with all other errors.
	undecoded []error
}

// TimeLagConfig is how the age of unread records is found.
type TimeLagConfig struct {
	// History is how long it is remembered when records arrived. 0 remembers
	// nothing, and leaves all to the search.
	History time.Duration `mapstructure:"history"`
	// SearchBudget is how many records may be looked up by their time in a
	// collection interval. 0 turns the search off: then a record's arrival
	// stands for its time, and what came before the history has no time lag.
	SearchBudget int `mapstructure:"search_budget"`
}

func createDefaultConfig() component.Config {
	return &Config{
		CollectionInterval:   30 * time.Second,
		InitialDelay:         time.Second,
		Timeout:              30 * time.Second,
		Config:               kafkaconfig.NewDefault(),
		TopicMatch:           `^[^_].*$`,
		GroupMatch:           `.*`,
		TimeLag:              TimeLagConfig{History: time.Hour, SearchBudget: 7500},
		Coordination:         sharing.NewDefault(),
		StatusWindow:         10,
		IsolationLevel:       readUncommitted,
		ZooKeeper:            zookeeper.Config{SessionTimeout: 10 * time.Second},
		MetricsBuilderConfig: metadata.NewDefaultMetricsBuilderConfig(),
	}
}

// Unmarshal reads the configuration.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	undecoded, err := durations.Unmarshal(conf, c)
	if err != nil {
		return err
	}
	c.undecoded = undecoded
	c.Brokers = kafkaconfig.SplitAtCommas(c.Brokers)
	c.ZooKeeper.Servers = kafkaconfig.SplitAtCommas(c.ZooKeeper.Servers)
	return nil
}
