// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// TestEstimatorOfAGroupThatCatchesUp has a group work off a week's records at so
// many of them in a scrape.
func TestEstimatorOfAGroupThatCatchesUp(t *testing.T) {
	for name, shape := range shapes {
		for _, speed := range []cluster.Offset{1, 20, 300} {
			r := rand.New(rand.NewPCG(5, 6))
			log := dense(shape(r, 20_000)...)
			d, now := newDates(), testNow
			commit, scrapes, known := cluster.Offset(3000), 0, 0
			worst := 0.0
			for ; commit < log.end-speed && scrapes < 40; scrapes++ {
				age := log.scrape(d, now, commit)[0]
				if age.Known {
					known++
					truth := now.Sub(time.UnixMilli(int64(log.date(commit))))
					worst = max(worst, math.Abs(float64(age.Duration-truth))/float64(max(20*d.Interval, truth)))
				}
				log.search(d, false)
				commit += speed*9/10 + cluster.Offset(r.Int64N(int64(speed)/5+1))
				now = now.Add(d.Interval)
			}
			assert.Less(t, worst, 0.05, "%s at %d", name, speed)
			assert.GreaterOrEqual(t, known, scrapes-5, "%s at %d", name, speed)
			assert.Less(t, log.asked, 7*scrapes, "%s at %d", name, speed)
			t.Logf("%s at %d: %d of %d known, off by %.1f %%, %.1f look-ups a scrape", name, speed, known, scrapes, 100*worst, float64(log.asked)/float64(scrapes))
		}
	}
}
