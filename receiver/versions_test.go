// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/kafkatest/jars"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// One configuration, no version in it, reads every Kafka. What an old one cannot
// tell is absent; docs/compatibility.md lists it and is held to it here.
func TestRealVersions(t *testing.T) {
	seen := map[string]map[string]bool{}
	for _, version := range jars.Versions() {
		t.Run(version, func(t *testing.T) {
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version, Racks: []string{"east"}})
			kafka.CreateTopic(t, "orders", 3, 1, map[string]string{"retention.ms": "3600000", "retention.bytes": "1000000"})
			kafka.ProduceEach(t, "orders", 10, 20, 30)
			kafka.Commit(t, "billing", map[string]map[int32]int64{"orders": {0: 6, 1: 20}})
			kafka.Commit(t, "shipping", map[string]map[int32]int64{"orders": {2: 5}})
			kafka.Join(t, "shipping", "orders")

			cfg := newConfig()
			cfg.Brokers = kafka.Brokers()
			cfg.InitialDelay = 0
			enableAll(&cfg.Metrics)
			got := points(scrapeOnce(t, cfg))
			assert.Equal(t, map[string]int64{
				"group=billing topic=orders partition=0":  4,
				"group=billing topic=orders partition=1":  0,
				"group=shipping topic=orders partition=2": 25,
			}, got["kafka.consumer_group.lag"])
			assert.Equal(t, map[string]int64{"group=billing": 0, "group=shipping": 1}, got["kafka.consumer_group.members"])
			for _, name := range allMetrics(t) {
				assert.NotEmpty(t, got[name], name)
			}
			seen[version] = map[string]bool{}
			for name := range got {
				seen[version][name] = true
			}
			t.Log(got)
		})
	}
}

func enableAll(metrics *metadata.MetricsConfig) {
	for _, metric := range reflect.ValueOf(metrics).Elem().Fields() {
		metric.FieldByName("Enabled").SetBool(true)
	}
}
