// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v3"

	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// sameInKafkaExporter has the metrics whose names differ from kafka_exporter's in
// nothing but dots.
var sameInKafkaExporter = []string{"kafka.brokers", "kafka.broker.info", "kafka.topic.partitions"}

// The page that stands in for kafka_exporter has its metrics only: each one that is
// enabled is renamed, or is called the same.
func TestKafkaExporterConfigAddsNoMetric(t *testing.T) {
	text, err := os.ReadFile("../config/kafka-exporter.yaml")
	require.NoError(t, err)
	var config struct {
		Receivers struct {
			Kafkalag struct{ Metrics map[string]any }
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &config))
	on := metadata.DefaultMetricsConfig()
	require.NoError(t, confmap.NewFromStringMap(config.Receivers.Kafkalag.Metrics).Unmarshal(&on))
	for _, metric := range metricsOf(&on) {
		if renamed := strings.Contains(string(text), `where metric.name == "`+metric.name+`"`); metric.enabled.Bool() && !renamed {
			assert.Contains(t, sameInKafkaExporter, metric.name)
		}
	}
}
