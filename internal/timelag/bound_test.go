// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// However far a search has come, no record is older than the bound of its age, and
// the bound is hardly above an age that is reported.
func TestBoundOfAnAge(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 8))
			log := dense(shape(r, 5_000)...)
			d, now := newDates(), testNow
			groups := make([]cluster.Offset, 10)
			for i := range groups {
				groups[i] = cluster.Offset(r.Int64N(int64(log.end)))
			}
			known := 0
			for range 40 {
				for i, topic := range log.scrapeTopics(d, now, groups...) {
					age, bound := topic.AgeMax, topic.AgeBound
					require.Equal(t, age.Known, bound.Known)
					if !age.Known {
						continue
					}
					known++
					truth := max(now.Sub(time.UnixMilli(int64(log.date(groups[i])))), 0)
					require.GreaterOrEqual(t, bound.Duration, truth, "at %d", groups[i])
					require.LessOrEqual(t, bound.Duration, age.Duration+2*max(d.Interval, age.Duration/20), "at %d", groups[i])
				}
				log.answer(d)
				for i := range groups {
					groups[i] = min(groups[i]+cluster.Offset(r.IntN(40)), log.end-1)
				}
				now = now.Add(d.Interval)
			}
			assert.Greater(t, known, 200)
		})
	}
}

func TestBoundOfATopic(t *testing.T) {
	log := dense(spread(100, func(i int) float64 { return float64(i) / 200 })...)
	d := newDates()
	assert.Equal(t, lag.Age{Known: true}, log.scrapeTopics(d, testNow, log.end)[0].AgeBound, "nothing is unread")
	assert.Equal(t, lag.Age{}, log.scrapeTopics(d, testNow, 10)[0].AgeBound, "it has yet to be found")
	log.search(d, false)
	got := log.scrapeTopics(d, testNow, 10)[0]
	assert.Equal(t, got.AgeMax, got.AgeBound, "found by look-ups")
}

// Without look-ups an arrival is all that there is: it was seen to within an
// interval.
func TestBoundOfAnArrival(t *testing.T) {
	d, log := newDates(), &live{now: testNow}
	d.DisableLookups = true
	for range 5 {
		log.pass(d.Interval)
		log.scrape(d, log.now, 0)
	}
	got := log.scrapeTopics(d, log.now, log.end-200)[0]
	assert.InDelta(t, 20, got.AgeMax.Seconds(), 1)
	assert.InDelta(t, 80, got.AgeBound.Seconds(), 1)
}
