// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination/sharing"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/zookeeper"
)

// loadExamples reads the named configurations that are shared by tests.
func loadExamples(t *testing.T) *confmap.Conf {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("..", "testdata", "config.yaml"))
	require.NoError(t, err)
	return conf
}

func loadConfig(t *testing.T, id string) (*Config, error) {
	t.Helper()
	sub, err := loadExamples(t).Sub(id)
	require.NoError(t, err)
	cfg := newConfig()
	return cfg, sub.Unmarshal(cfg)
}

func TestDefaultConfigIsValid(t *testing.T) {
	cfg, err := loadConfig(t, "kafkalag")
	require.NoError(t, err)
	assert.Equal(t, newConfig(), cfg)
	require.NoError(t, confmap.Validate(cfg))
}

func TestEveryKeyIsRead(t *testing.T) {
	cfg, err := loadConfig(t, "kafkalag/all")
	require.NoError(t, err)
	require.NoError(t, confmap.Validate(cfg))

	metrics := newConfig().MetricsBuilderConfig
	assert.True(t, metrics.Metrics.KafkaBrokers.Enabled)
	assert.False(t, cfg.Metrics.KafkaBrokers.Enabled)
	assert.True(t, metrics.ResourceAttributes.KafkaClusterID.Enabled)
	assert.False(t, cfg.ResourceAttributes.KafkaClusterID.Enabled)
	cfg.MetricsBuilderConfig = metrics

	tls := tlsconfig.Config{}
	tls.Insecure = true
	assert.Equal(t, &Config{
		CollectionInterval: 10 * time.Second,
		InitialDelay:       2 * time.Second,
		Timeout:            20 * time.Second,
		Config: kafkaconfig.Config{
			Brokers:         []string{"b1:9092", "b2:9093"},
			ProtocolVersion: "2.8.0",
			ClientID:        "lag",
			TLS:             &tls,
			Auth: sasl.AuthConfig{SASL: &sasl.Config{
				Mechanism: "SCRAM-SHA-512", Username: "reader", Password: "secret",
			}},
			DialTimeout:    time.Second,
			RequestTimeout: 4 * time.Second,
			Metadata:       kafkaconfig.MetadataConfig{RefreshInterval: 5 * time.Minute},
		},
		ClusterAlias:           "orders",
		TopicMatch:             "^a",
		TopicExclude:           "b$",
		GroupMatch:             "^c",
		GroupExclude:           "d$",
		GroupStates:            []string{"Stable", "Empty"},
		GroupTypes:             []string{"classic"},
		OnlyAssignedPartitions: true,
		IsolationLevel:         "read_committed",
		ZooKeeper:              zookeeper.Config{Servers: []string{"z1:2181", "z2:2181"}, Chroot: "/kafka", SessionTimeout: 5 * time.Second},
		TimeLag:                TimeLagConfig{History: 2 * time.Hour, SearchBudget: 100},
		RetentionMarginBySize:  true,
		Coordination:           sharing.Config{GroupID: "kafkalag", InstanceID: "kafkalag-0", SessionTimeout: 20 * time.Second},
		MaxGroups:              500,
		MaxGroupPartitions:     1000,
		StatusWindow:           5,
		MetricsBuilderConfig:   metrics,
	}, cfg)
}

// A key that no example has is one that no test decodes.
func TestEveryKeyHasAnExample(t *testing.T) {
	examples := loadExamples(t).ToStringMap()
	delete(examples, "kafkalag/unknown")
	shown := map[string]bool{}
	for _, settings := range examples {
		collectPaths(shown, "", settings)
	}
	for key := range keysOf("", reflect.ValueOf(*newConfig())) {
		assert.True(t, shown[key], "%s in testdata/config.yaml", key)
	}
}

func TestBrokersAreSplitAtCommas(t *testing.T) {
	want := []string{"a:9092", "b:9092", "c:9092"}
	for name, given := range map[string]any{
		"list":                   []any{"a:9092", "b:9092", "c:9092"},
		"one element from env":   []any{"a:9092,b:9092, c:9092"},
		"no list, only from env": "a:9092,b:9092,c:9092",
		"mixed":                  []any{"a:9092, b:9092", "c:9092"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := newConfig()
			require.NoError(t, confmap.NewFromStringMap(map[string]any{"brokers": given}).Unmarshal(cfg))
			assert.Equal(t, want, cfg.Brokers)
		})
	}
}

func TestUnknownKeyIsRefused(t *testing.T) {
	_, err := loadConfig(t, "kafkalag/unknown")
	require.ErrorContains(t, err, "topic_matches")
}
