// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package receiver is the kafkalag receiver: its configuration, the scrape, and
// the metrics that come of it.
package receiver

import (
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
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
	kafka.Config `mapstructure:",squash"`
	// ClusterAlias is a name for the cluster. It becomes the resource attribute
	// kafka.cluster.alias; empty leaves that out.
	ClusterAlias string `mapstructure:"cluster_alias"`

	// TopicMatch and TopicExclude are regular expressions. A topic is wanted
	// where the first matches its name and the second does not; empty is no
	// condition.
	TopicMatch   string `mapstructure:"topic_match"`
	TopicExclude string `mapstructure:"topic_exclude"`
	// GroupMatch and GroupExclude tell the wanted consumer groups likewise.
	GroupMatch   string `mapstructure:"group_match"`
	GroupExclude string `mapstructure:"group_exclude"`

	// MaxGroupPartitions is how many pairs of group and partition may have
	// metrics of their own. Above it the largest groups have their sums only.
	// 0: no limit.
	MaxGroupPartitions int `mapstructure:"max_group_partitions"`

	// MetricsBuilderConfig turns metrics and resource attributes on and off.
	metadata.MetricsBuilderConfig `mapstructure:",squash"`
}

func createDefaultConfig() component.Config {
	return &Config{
		CollectionInterval: 30 * time.Second,
		InitialDelay:       time.Second,
		Timeout:            30 * time.Second,
		Config: kafka.Config{
			Brokers:        []string{"localhost:9092"},
			ClientID:       "otel-collector",
			DialTimeout:    3 * time.Second,
			RequestTimeout: 5 * time.Second,
		},
		TopicMatch:           `^[^_].*$`,
		GroupMatch:           `.*`,
		MetricsBuilderConfig: metadata.NewDefaultMetricsBuilderConfig(),
	}
}

// Unmarshal reads the configuration. An environment variable puts a whole list
// of brokers into one element ("a:9092,b:9092"), so each is split at commas.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	if err := conf.Unmarshal(c); err != nil {
		return err
	}
	var brokers []string
	for _, element := range c.Brokers {
		for broker := range strings.SplitSeq(element, ",") {
			brokers = append(brokers, strings.TrimSpace(broker))
		}
	}
	c.Brokers = brokers
	return nil
}
