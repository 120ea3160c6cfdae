// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap/zaptest"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// The oldest record that a share group has not completed is dated like one that a
// consumer group has not read.
func TestIntegrationTimeLagOfShareGroups(t *testing.T) {
	kafka := forTimeLag(t)
	now := time.Now().Truncate(time.Millisecond)
	var times []time.Time
	for age := 100; age > 0; age-- {
		times = append(times, now.Add(-time.Duration(age)*time.Minute))
	}
	kafka.CreateTopic(t, "jobs", 1, 1, keep())
	kafka.ProduceAt(t, "jobs", 0, times...)
	kafka.ReadFromStart(t, "workers")
	kafka.ShareConsume(t, "workers", "jobs", 40)

	cfg := newConfig()
	cfg.Brokers, cfg.InitialDelay, cfg.CollectionInterval = kafka.Brokers(), 0, time.Second
	sink := new(consumertest.MetricsSink)
	metrics, err := NewFactory().CreateMetrics(t.Context(), settings(zaptest.NewLogger(t)), cfg, sink)
	require.NoError(t, err)
	require.NoError(t, metrics.Start(t.Context(), &fakeHost{}))
	defer func() { require.NoError(t, metrics.Shutdown(context.Background())) }()
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		require.NotEmpty(now, sink.AllMetrics())
		point, found := pointOf(sink.AllMetrics()[len(sink.AllMetrics())-1], "kafka.share_group.time_lag_max")
		require.True(now, found)
		start := kafka.DescribeShareGroup(t, "workers")[kafkatest.GroupTopicPartition{Group: "workers", Topic: "jobs"}].Start
		require.GreaterOrEqual(now, start, int64(40))
		assert.InDelta(now, point.Timestamp().AsTime().Sub(times[start]).Seconds(), point.DoubleValue(), 1)
	}, time.Minute, time.Second)
}

// Where ends are those of what is committed, an open transaction is all that the
// share group has left: its oldest record is dated all the same.
func TestIntegrationTimeLagOfShareGroupsInATransaction(t *testing.T) {
	kafka := forTimeLag(t)
	old := time.Now().Add(-20 * time.Minute).Truncate(time.Millisecond)
	kafka.CreateTopic(t, "transacted", 1, 1, keep())
	kafka.ProduceAt(t, "transacted", 0, old.Add(-time.Hour), old.Add(-time.Minute))
	kafka.OpenTransaction(t, "transacted", 0, old, old.Add(time.Minute))
	kafka.ReadFromStart(t, "committers")
	kafka.ShareConsume(t, "committers", "transacted", 2)

	cfg := transactionsConfig(readCommitted, kafka.Brokers()...)
	cfg.TopicMatch, cfg.GroupMatch = "^transacted$", "^committers$"
	const metric, of = "kafka.share_group.time_lag_max", "group=committers topic=transacted"
	eventually(t, watchTransactions(t, cfg), func(m pmetric.Metrics) bool { // not before the coordinator has learned what is completed
		return math.Abs(time.Since(old).Seconds()-metrictest.Doubles(m)[metric][of]) < 2
	})
}

// pointOf returns the one data point of a metric.
func pointOf(metrics pmetric.Metrics, name string) (pmetric.NumberDataPoint, bool) {
	for _, rm := range metrics.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				if m.Name() == name && m.Gauge().DataPoints().Len() == 1 {
					return m.Gauge().DataPoints().At(0), true
				}
			}
		}
	}
	return pmetric.NumberDataPoint{}, false
}
