// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"math"
	"runtime/debug"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

func TestGarbage(t *testing.T) {
	const mib = 1 << 20
	for name, tt := range map[string]struct {
		points int
		heap   uint64
		gogc   uint64
		want   int
	}{
		"before the first scrape":            {points: 0, heap: 10 * mib, gogc: 100, want: 0},
		"few points in a small heap":         {points: 1000, heap: mib, gogc: 100, want: 0},
		"just too few":                       {points: leastGarbage/pointSize - 1, heap: 20 * mib, gogc: 100, want: 0},
		"enough":                             {points: leastGarbage/pointSize + 1, heap: 20 * mib, gogc: 100, want: 1},
		"most of the heap":                   {points: 340_000, heap: 140 * mib, gogc: 100, want: 1},
		"a third of the heap":                {points: 340_000, heap: 340_000 * pointSize * 3, gogc: 100, want: 1},
		"a smaller GOGC":                     {points: 340_000, heap: 140 * mib, gogc: 50, want: 1},
		"memory is to be spent on CPU":       {points: 340_000, heap: 140 * mib, gogc: 200, want: 0},
		"GOGC is off":                        {points: 340_000, heap: 140 * mib, gogc: math.MaxUint64, want: 0},
		"less: the heap is for other things": {points: 340_000, heap: 340_000*pointSize*3 + 3, gogc: 100, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			cycles := 0
			g := &garbage{state: func() gcState { return gcState{tt.heap, tt.gogc} }, gc: func() { cycles++ }}
			g.left(tt.points)
			for range 2 { // they are collected once
				g.collect()
				g.wait()
				assert.Equal(t, tt.want, cycles)
			}
		})
	}
}

func TestReadGCState(t *testing.T) {
	before := debug.SetGCPercent(150)
	defer debug.SetGCPercent(before)
	state := readGCState()
	assert.Positive(t, state.objects)
	assert.EqualValues(t, 150, state.percent)
}

// The data points of a scrape are collected by the next one. A cluster that has become
// small has no more of them to collect.
func TestScrapeCollectsTheLastOnesPoints(t *testing.T) {
	large := func(context.Context) (*cluster.Snapshot, error) {
		s := oneBroker()
		s.Topics = map[string]*cluster.Topic{}
		for n := range 10_000 {
			name := "topic-" + strconv.Itoa(n)
			s.Topics[name] = &cluster.Topic{Name: name, Partitions: []cluster.Partition{{Leader: 1, End: 100}}}
		}
		return s, nil
	}
	c := answering(large)
	s := newTestScraper(settings(zap.NewNop()), newConfig(), c)
	cycles := 0
	s.garbage.state, s.garbage.gc = func() gcState { return gcState{30 << 20, defaultGOGC} }, func() { cycles++ }
	scrape := func() int {
		_, err := s.scrape(t.Context())
		require.NoError(t, err)
		s.garbage.wait()
		return cycles
	}
	assert.Zero(t, scrape(), "there is nothing yet")
	assert.Equal(t, 1, scrape())
	c.change(whole)
	assert.Equal(t, 2, scrape())
	assert.Equal(t, 2, scrape())
}
