// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// dated is what one scrape says of time: time lags and offsets by
// "group/topic/partition", all else by "group/topic".
type dated struct {
	at      time.Time
	seconds map[string]float64
	offsets map[string]cluster.Offset

	most, margins, catchUp, expired, lags map[string]float64
	starts                                map[string]cluster.Offset // by "topic/partition"
}

// watched is a running receiver with the metrics of a collector's own.
type watched struct {
	scrapes   <-chan dated
	telemetry *componenttest.Telemetry
	shutdown  func()
}

// watch runs a receiver of the real factory that scrapes at the interval.
func watch(t *testing.T, interval time.Duration, brokers ...string) *watched {
	t.Helper()
	cfg := newConfig()
	cfg.Brokers, cfg.CollectionInterval = brokers, interval
	return watchWith(t, cfg)
}

func watchWith(t *testing.T, cfg *Config) *watched {
	t.Helper()
	cfg.InitialDelay = 0
	cfg.Metrics.KafkaConsumerGroupTimeLag.Enabled = true
	tel := componenttest.NewTelemetry()
	set := metrictest.Settings(tel)
	set.Logger = zaptest.NewLogger(t, zaptest.Level(zap.WarnLevel))
	scrapes := make(chan dated)
	ended := make(chan struct{})
	next, err := consumer.NewMetrics(func(_ context.Context, m pmetric.Metrics) error {
		select {
		case scrapes <- datedIn(m):
		case <-ended:
		}
		return nil
	})
	require.NoError(t, err)
	metrics, err := NewFactory().CreateMetrics(t.Context(), set, cfg, next)
	require.NoError(t, err)
	require.NoError(t, metrics.Start(t.Context(), &fakeHost{}))
	w := &watched{scrapes: scrapes, telemetry: tel}
	w.shutdown = func() {
		close(ended)
		require.NoError(t, metrics.Shutdown(context.Background()))
		require.NoError(t, tel.Shutdown(context.Background()))
	}
	return w
}

// next waits for the next scrape.
func (w *watched) next(t *testing.T) dated {
	t.Helper()
	select {
	case s := <-w.scrapes:
		return s
	case <-time.After(30 * time.Second):
		require.Fail(t, "no scrape")
		return dated{}
	}
}

// nextWithAll waits until all groups of want are dated, for 30 scrapes at most: a
// machine that is busy needs more rounds than one that is not. Two scrapes later they
// are dated well.
func nextWithAll[V any](t *testing.T, w *watched, want map[string]V) dated {
	t.Helper()
	for range 30 {
		if s := w.next(t); len(missingKeys(s.seconds, want)) == 0 {
			break
		}
	}
	w.next(t)
	return w.next(t)
}

// missingKeys lists the keys of want that m does not have.
func missingKeys[V any](m map[string]float64, want map[string]V) []string {
	var missing []string
	for key := range want {
		if _, has := m[key]; !has {
			missing = append(missing, key)
		}
	}
	return missing
}

// lookups and rounds are what the search has cost until now.
func (w *watched) count(t *testing.T, name string) int64 {
	t.Helper()
	if _, err := w.telemetry.GetMetric("otelcol_" + name); err != nil {
		return 0
	}
	return metrictest.Own(t, w.telemetry, name)[""]
}

func (w *watched) lookups(t *testing.T) int64 {
	t.Helper()
	return w.count(t, "kafkalag_time_lag_lookups")
}

func (w *watched) rounds(t *testing.T) int64 {
	t.Helper()
	return w.count(t, "kafkalag_time_lag_rounds")
}

func datedIn(m pmetric.Metrics) dated {
	d := dated{
		seconds: map[string]float64{}, offsets: map[string]cluster.Offset{}, starts: map[string]cluster.Offset{},
		most: map[string]float64{}, margins: map[string]float64{}, catchUp: map[string]float64{}, expired: map[string]float64{}, lags: map[string]float64{},
	}
	key := func(p pmetric.NumberDataPoint, names ...string) (key string) {
		for _, name := range names {
			value, _ := p.Attributes().Get(name)
			key += "/" + value.AsString()
		}
		return key[1:]
	}
	each := func(metric pmetric.Metric, do func(pmetric.NumberDataPoint)) {
		for _, p := range metric.Gauge().DataPoints().All() {
			d.at = p.Timestamp().AsTime()
			do(p)
		}
	}
	for _, resource := range m.ResourceMetrics().All() {
		for _, metric := range resource.ScopeMetrics().At(0).Metrics().All() {
			switch metric.Name() {
			case "kafka.consumer_group.time_lag":
				each(metric, func(p pmetric.NumberDataPoint) {
					d.seconds[key(p, "group", "topic", "partition")] = p.DoubleValue()
				})
			case "kafka.consumer_group.time_lag_max":
				each(metric, func(p pmetric.NumberDataPoint) { d.most[key(p, "group", "topic")] = p.DoubleValue() })
			case "kafka.consumer_group.retention_margin":
				each(metric, func(p pmetric.NumberDataPoint) { d.margins[key(p, "group", "topic")] = p.DoubleValue() })
			case "kafka.consumer_group.catch_up_time":
				each(metric, func(p pmetric.NumberDataPoint) { d.catchUp[key(p, "group", "topic")] = p.DoubleValue() })
			case "kafka.consumer_group.lag_sum":
				each(metric, func(p pmetric.NumberDataPoint) { d.lags[key(p, "group", "topic")] = float64(p.IntValue()) })
			case "kafka.consumer_group.expired":
				each(metric, func(p pmetric.NumberDataPoint) { d.expired[key(p, "group", "topic")] = float64(p.IntValue()) })
			case "kafka.partition.oldest_offset":
				each(metric, func(p pmetric.NumberDataPoint) {
					d.starts[key(p, "topic", "partition")] = cluster.Offset(p.IntValue())
				})
			case "kafka.consumer_group.offset":
				each(metric, func(p pmetric.NumberDataPoint) {
					d.offsets[key(p, "group", "topic", "partition")] = cluster.Offset(p.IntValue())
				})
			}
		}
	}
	return d
}

func TestTimeLagIsFoundBetweenScrapes(t *testing.T) {
	fake := kafkatest.StartFake(t, 3)
	fake.CreateTopic(t, "orders", 3, 1, map[string]string{"retention.ms": "-1"})
	began := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	var times []time.Time
	for i := range 100 {
		times = append(times, began.Add(time.Duration(i*i)*100*time.Millisecond))
	}
	for p := range int32(3) {
		fake.MoveLeader(t, "orders", p, p)
		fake.ProduceAt(t, "orders", p, times...)
	}
	fake.Commit(t, "stuck", map[string]map[int32]int64{"orders": {0: 10, 1: 50, 2: 99}})
	fake.Commit(t, "done", map[string]map[int32]int64{"orders": {0: 100, 1: 100, 2: 100}})
	w := watch(t, 200*time.Millisecond, fake.Brokers()...)
	defer w.shutdown()
	first := w.next(t)
	assert.Equal(t, map[string]float64{"done/orders/0": 0, "done/orders/1": 0, "done/orders/2": 0}, first.seconds)
	assert.Equal(t, map[string]float64{"done/orders": 0}, first.most, "a maximum is absent while a member is")
	var found dated
	for range 10 {
		if found = w.next(t); len(found.seconds) == 6 {
			break
		}
	}
	for p, offset := range []int{10, 50, 99} {
		assert.InDelta(t, found.at.Sub(times[offset]).Seconds(), found.seconds[fmt.Sprint("stuck/orders/", p)], 1)
	}
	assert.InDelta(t, found.at.Sub(times[10]).Seconds(), found.most["stuck/orders"], 1)
	asked := w.lookups(t)
	assert.Positive(t, asked)
	for range 3 {
		w.next(t)
	}
	assert.Equal(t, asked, w.lookups(t), "zero for a healthy group, and for a stuck one after the first answer")
}
