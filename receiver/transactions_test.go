// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// The age needs no other metric: the search has its look-ups to make, of a partition
// that no group reads.
func TestOpenTransactionAgeAlone(t *testing.T) {
	for _, level := range []string{readUncommitted, readCommitted} {
		fake := kafkatest.StartFake(t, 1)
		fake.CreateTopic(t, "held", 1, 1, map[string]string{"retention.ms": "-1"})
		began := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
		fake.ProduceAt(t, "held", 0, began.Add(-time.Minute))
		end := fake.OpenTransaction(t, "held", 0, began, began.Add(time.Minute))
		cfg := fakeConfig(fake)
		cfg.IsolationLevel, cfg.CollectionInterval = level, 100*time.Millisecond
		cfg.Metrics = metadata.MetricsConfig{KafkaPartitionOpenTransactionAge: metadata.KafkaPartitionOpenTransactionAgeMetricConfig{Enabled: true}}
		scrapes := watchTransactions(t, cfg)
		age := func(m pmetric.Metrics) map[string]float64 {
			return metrictest.Doubles(m)["kafka.partition.open_transaction_age"]
		}
		found := age(eventually(t, scrapes, func(m pmetric.Metrics) bool { return len(age(m)) == 1 }))
		assert.InDelta(t, time.Since(began).Seconds(), found["topic=held partition=0"], 2, level)
		end(kgo.TryAbort)
		eventually(t, scrapes, func(m pmetric.Metrics) bool { return len(age(m)) == 0 })
	}
}
