// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// startKafka runs a Kafka in this process, in which group billing lags on topic
// orders as billingLag says.
func startKafka(t *testing.T, options ...kfake.Opt) *kafkatest.Fake {
	t.Helper()
	kafka := kafkatest.StartFake(t, 3, options...)
	kafka.CreateTopic(t, "orders", 3, 1, nil)
	kafka.ProduceEach(t, "orders", 10, 20, 30)
	kafka.Commit(t, "billing", map[string]map[int32]int64{"orders": {0: 4, 1: 20, 2: 29}})
	return kafka
}

var (
	billingOffsets = map[string]float64{"billing orders 0": 4, "billing orders 1": 20, "billing orders 2": 29}
	billingLag     = map[string]float64{"billing orders 0": 6, "billing orders 1": 0, "billing orders 2": 1}
)

// lagLabels are the labels of a lag, in the order of billingLag's keys.
var lagLabels = []string{"group", "topic", "partition"}

// brokersEnv sets the brokers of the shipped configs, and a short interval.
func brokersEnv(brokers ...string) []string {
	return []string{"KAFKA_BROKERS=" + strings.Join(brokers, ","), "KAFKALAG_INTERVAL=1s"}
}
