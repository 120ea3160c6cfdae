// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package history

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// A log gives back what was put in, whatever the numbers are.
func TestSampleLog(t *testing.T) {
	extremes := []cluster.Offset{0, 1, math.MaxInt64, 63, 64, math.MaxInt64 - 1, 1 << 35, 0, 0}
	random := rand.New(rand.NewPCG(1, 2))
	for _, window := range []int{2, 3, 10} {
		var l sampleLog
		var want []Sample
		for i := range 200 {
			next := Sample{
				At:     time.Duration(i*i) * time.Millisecond,
				Commit: extremes[random.IntN(len(extremes))], Lag: extremes[random.IntN(len(extremes))],
			}
			if i > 0 {
				l.add(want[0].minus(next))
				l.keep(window)
				want = want[:min(len(want), window)]
				assert.Equal(t, want, l.last(next, window, nil))
				assert.Equal(t, want[:min(2, len(want))], l.last(next, 2, nil))
			}
			want = append([]Sample{next}, want...)
		}
	}
	var none sampleLog
	assert.Empty(t, none.last(Sample{}, 2, nil))
}

// What a partition takes decides what a large cluster's history does.
func TestSizeOfASampleLog(t *testing.T) {
	for name, each := range map[string]cluster.Offset{"at rest": 0, "busy": 3000} {
		var l sampleLog
		for i := range 20 {
			l.add(Sample{At: -30 * time.Second, Commit: -each, Lag: each * cluster.Offset(i%3-1)})
			l.keep(10)
		}
		assert.LessOrEqual(t, cap(l.bytes), 96, name) // as offsets of 8 bytes they take 240
	}
}
