// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination/sharing"
	"github.com/kafkalag/kafkalagreceiver/internal/durations"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/receiver/probe/internal/metadata"
)

// Config is the receiver's configuration.
type Config struct {
	// CollectionInterval is the time from one report to the next. Without
	// metadata.refresh_interval it is also how long metadata serves.
	CollectionInterval time.Duration `mapstructure:"collection_interval"`
	// ProbeInterval is the time from one record to the next, for each broker.
	ProbeInterval time.Duration `mapstructure:"probe_interval"`

	// Config is how to reach and log in to the cluster.
	kafkaconfig.Config `mapstructure:",squash"`
	// ClusterAlias is a name for the cluster. It becomes the resource attribute
	// kafka.cluster.alias; empty leaves that out.
	ClusterAlias string `mapstructure:"cluster_alias"`

	// Topic is what is written to. It has a partition for each broker.
	Topic string `mapstructure:"topic"`
	// ReplicationFactor is how many replicas a partition gets where the receiver creates
	// the topic.
	ReplicationFactor int `mapstructure:"replication_factor"`
	// SLA is how long a record may take until it is read back.
	SLA time.Duration `mapstructure:"sla"`
	// LossTimeout is how long a record that was acknowledged may take until it counts as
	// lost.
	LossTimeout time.Duration `mapstructure:"loss_timeout"`
	// Commit has offsets committed in CommitGroup.
	Commit      bool   `mapstructure:"commit"`
	CommitGroup string `mapstructure:"commit_group"`

	// Coordination has one of several probes write.
	Coordination sharing.Config `mapstructure:"coordination"`

	// MetricsBuilderConfig turns metrics and resource attributes on and off.
	metadata.MetricsBuilderConfig `mapstructure:",squash"`

	// undecoded has the durations that could not be read. Validate reports them, so that
	// they come together with all other errors.
	undecoded []error
}

func createDefaultConfig() component.Config {
	const name = "otelcol-kafkalag-probe"
	return &Config{
		CollectionInterval:   30 * time.Second,
		ProbeInterval:        time.Second,
		Config:               kafkaconfig.NewDefault(),
		Topic:                name,
		ReplicationFactor:    1,
		SLA:                  time.Second,
		LossTimeout:          10 * time.Second,
		CommitGroup:          name,
		Coordination:         sharing.NewDefault(),
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
	return nil
}
