// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// notInOneScrape has the metrics that one scrape of Kafka does not give.
var notInOneScrape = map[string]string{
	"kafka.consumer_group.time_lag":         "found between the scrapes",
	"kafka.consumer_group.time_lag_max":     "found between the scrapes",
	"kafka.consumer_group.zookeeper.lag":    "read from ZooKeeper",
	"kafka.consumer_group.zookeeper.offset": "read from ZooKeeper",
}

// A metric that is enabled alone has its requests sent.
func TestEachMetricAlone(t *testing.T) {
	fake := seeded(t)
	fake.CreateTopic(t, "limited", 1, 1, map[string]string{"retention.bytes": "1000"})
	fake.Join(t, "joined", "orders")
	for i, metric := range metricsOf(&metadata.MetricsConfig{}) {
		if notInOneScrape[metric.name] != "" {
			continue
		}
		t.Run(metric.name, func(t *testing.T) {
			cfg := fakeConfig(fake)
			cfg.Metrics = metadata.MetricsConfig{}
			metricsOf(&cfg.Metrics)[i].enabled.SetBool(true)
			assert.NotEmpty(t, metrictest.Points(scrapeOnce(t, cfg))[metric.name])
		})
	}
}

type metricSwitch struct {
	name    string
	enabled reflect.Value
}

func metricsOf(config *metadata.MetricsConfig) []metricSwitch {
	var all []metricSwitch
	for field, value := range reflect.ValueOf(config).Elem().Fields() {
		all = append(all, metricSwitch{field.Tag.Get("mapstructure"), value.FieldByName("Enabled")})
	}
	return all
}
