// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// seconds makes a history of (second, end) pairs.
func seconds(pairs ...[2]int64) *history {
	h := &history{}
	for _, p := range pairs {
		h.add(cluster.Timestamp(p[0]*1000), cluster.Offset(p[1]), time.Hour)
	}
	return h
}

func TestHistoryArrival(t *testing.T) {
	for name, tt := range map[string]struct {
		history *history
		offset  cluster.Offset
		want    float64 // seconds; NaN if unknown
	}{
		"empty":                  {seconds(), 5, math.NaN()},
		"one point":              {seconds([2]int64{10, 5}), 5, math.NaN()},
		"on the line":            {seconds([2]int64{10, 0}, [2]int64{20, 100}), 50, 15.05},
		"the last before an end": {seconds([2]int64{10, 0}, [2]int64{20, 100}), 99, 19.95},
		"before the history":     {seconds([2]int64{10, 5}, [2]int64{20, 100}), 4, math.NaN()},
		"first of the history":   {seconds([2]int64{10, 5}, [2]int64{20, 6}), 5, 15},
		"not yet seen":           {seconds([2]int64{10, 0}, [2]int64{20, 100}), 100, math.NaN()},
		"after a pause":          {seconds([2]int64{10, 5}, [2]int64{20, 5}, [2]int64{90, 5}, [2]int64{100, 15}), 9, 94.5},
		"before a pause":         {seconds([2]int64{10, 5}, [2]int64{20, 15}, [2]int64{90, 15}, [2]int64{100, 16}), 14, 19.5},
		"an end that went back":  {seconds([2]int64{10, 5}, [2]int64{20, 15}, [2]int64{30, 2}, [2]int64{40, 12}), 6, 34.5},
		"gone with its log":      {seconds([2]int64{10, 5}, [2]int64{20, 15}, [2]int64{30, 2}, [2]int64{40, 8}), 9, math.NaN()},
		"a clock that went back": {seconds([2]int64{50, 0}, [2]int64{60, 10}, [2]int64{20, 20}, [2]int64{30, 30}), 5, math.NaN()},
		"an end that leaps":      {seconds([2]int64{10, 0}, [2]int64{20, 1 << 40}), 5, math.NaN()},
	} {
		t.Run(name, func(t *testing.T) {
			at, ok := tt.history.arrival(tt.offset)
			if math.IsNaN(tt.want) {
				assert.False(t, ok)
				return
			}
			require.True(t, ok)
			assert.InDelta(t, tt.want, float64(at)/1000, 0.001)
		})
	}
}

func TestHistoryMergesAndForgets(t *testing.T) {
	h := &history{}
	for i := range int64(1000) { // eight hours and more at an even rate
		h.add(cluster.Timestamp(i*30_000), cluster.Offset(i*500), time.Hour)
	}
	assert.LessOrEqual(t, len(h.points), 3, "a straight line")
	h = &history{}
	for i := range int64(1000) {
		h.add(cluster.Timestamp(i*30_000), cluster.Offset(i*i), time.Hour)
	}
	assert.LessOrEqual(t, len(h.points), maxPoints)
	const hour = 3_600_000
	assert.Less(t, h.at, cluster.Timestamp(999*30_000-hour+1), "it reaches back an hour")
	assert.GreaterOrEqual(t, h.at+cluster.Timestamp(h.points[1].at), cluster.Timestamp(999*30_000-hour), "and no further than it must")
}

// TestHistoryIsTrueToAnInterval holds the history's estimates against what
// happened, for rates that change all the time: they are off by an interval or a
// twentieth of the age, however many intervals a history has.
func TestHistoryIsTrueToAnInterval(t *testing.T) {
	for name, tt := range map[string]struct {
		interval, keep time.Duration
	}{
		"the default":                         {30 * time.Second, time.Hour},
		"scrapes close to each other":         {10 * time.Second, time.Hour},
		"a history of a day":                  {30 * time.Second, 24 * time.Hour},
		"as many points as there is room for": {time.Minute, 50 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			wrong, all := 0, 0
			interval := tt.interval.Milliseconds()
			for seed := range uint64(20) {
				r := rand.New(rand.NewPCG(seed, 7))
				h := &history{}
				end, rate := 0.0, 1000.0
				var ends []cluster.Offset // at every interval's end
				for i := range int64(tt.keep/tt.interval) + 1 {
					h.add(cluster.Timestamp(i*interval), cluster.Offset(end), tt.keep)
					ends = append(ends, cluster.Offset(end))
					rate = max(0, rate*(0.5+r.Float64())+float64(r.IntN(3)-1)*200)
					end += rate
				}
				assert.LessOrEqual(t, len(h.points), maxPoints)
				for i := 1; i < len(ends); i++ {
					if ends[i] == ends[i-1] {
						continue
					}
					at, ok := h.arrival((ends[i] + ends[i-1]) / 2)
					require.True(t, ok)
					truth := float64(i)*float64(interval) - float64(interval)/2
					age := float64(int64(len(ends)-1)*interval) - truth
					if all++; math.Abs(float64(at)-truth) > max(float64(interval), age/20) {
						wrong++
					}
				}
			}
			assert.Less(t, float64(wrong), 0.02*float64(all), "only because a full history is thinned")
		})
	}
}
