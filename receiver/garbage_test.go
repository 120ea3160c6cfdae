// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// The data points of a scrape are collected by the next one. A cluster that has become
// small has no more of them to collect, and leaves the heap to Go's defaults.
func TestScrapeCollectsTheLastOnesPoints(t *testing.T) {
	if os.Getenv("GOGC") != "" {
		t.Skip("whoever sets GOGC decides alone")
	}
	c := answering(large)
	s := newTestScraper(settings(zap.NewNop()), newConfig(), c)
	t.Cleanup(s.garbage.Shutdown)
	runtime.GC() // what other tests have left
	before := read(t, "/gc/cycles/forced:gc-cycles")
	scrape := func() {
		_, err := s.scrape(t.Context())
		require.NoError(t, err)
	}
	scrape()
	assert.Equal(t, before+1, read(t, "/gc/cycles/forced:gc-cycles"), "before the first points are made")
	assert.Greater(t, read(t, "/gc/gogc:percent"), uint64(100))
	scrape()
	require.Eventually(t, func() bool { return read(t, "/gc/cycles/forced:gc-cycles") == before+2 }, time.Minute, time.Millisecond)
	c.change(whole)
	scrape()
	scrape()
	assert.EqualValues(t, 100, read(t, "/gc/gogc:percent"))
}

// Where the metrics of topics are off and no group matches, no points are expected of a
// cluster, however large, and no scrape waits for a cycle.
func TestScrapeWithoutPointsCollectsNothing(t *testing.T) {
	cfg := newConfig()
	cfg.Metrics = metadata.MetricsConfig{}
	cfg.Metrics.KafkaConsumerGroupLag.Enabled = true
	s := newTestScraper(settings(zap.NewNop()), cfg, answering(large))
	t.Cleanup(s.garbage.Shutdown)
	before := read(t, "/gc/cycles/forced:gc-cycles")
	for range 3 {
		metrics, err := s.scrape(t.Context())
		require.NoError(t, err)
		assert.Zero(t, metrics.DataPointCount())
	}
	assert.Equal(t, before, read(t, "/gc/cycles/forced:gc-cycles"))
}

// large is a cluster whose data points, by default, are worth a cycle of garbage collection.
func large(context.Context) (*cluster.Snapshot, error) {
	s := oneBroker()
	s.Topics = map[string]*cluster.Topic{}
	for n := range 40_000 {
		name := "topic-" + strconv.Itoa(n)
		s.Topics[name] = &cluster.Topic{Name: name, Partitions: []cluster.Partition{{Leader: 1, End: 100}}}
	}
	return s, nil
}

func read(t *testing.T, name string) uint64 {
	t.Helper()
	samples := []metrics.Sample{{Name: name}}
	metrics.Read(samples)
	require.Equal(t, metrics.KindUint64, samples[0].Value.Kind())
	return samples[0].Value.Uint64()
}
