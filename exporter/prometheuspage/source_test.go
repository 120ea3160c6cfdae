// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// An outage is not the interval: a source that has been away for long and then
// falls silent expires as it did before.
func TestOutageIsNotTakenForInterval(t *testing.T) {
	for name, c := range map[string]struct {
		gaps []time.Duration
		want time.Duration
	}{
		"first gap":        {[]time.Duration{10 * time.Minute}, 10 * time.Minute},
		"one outage":       {[]time.Duration{time.Minute, 50 * time.Minute}, time.Minute},
		"after an outage":  {[]time.Duration{time.Minute, 50 * time.Minute, time.Minute}, time.Minute},
		"rarer from now":   {[]time.Duration{time.Minute, 50 * time.Minute, 40 * time.Minute, 45 * time.Minute}, 40 * time.Minute},
		"a round in parts": {[]time.Duration{10 * time.Minute, settling - 1, 10 * time.Minute, 1}, 10 * time.Minute},
		"an early scrape":  {[]time.Duration{10 * time.Minute, 10 * time.Minute, time.Minute, 10 * time.Minute}, 10 * time.Minute},
		"two outages":      {[]time.Duration{time.Minute, 50 * time.Minute, time.Minute, 40 * time.Minute}, time.Minute},
		"oftener from now": {[]time.Duration{50 * time.Minute, time.Minute}, time.Minute},
	} {
		for _, exact := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, exact %t", name, exact), func(t *testing.T) {
				arrived := time.Now()
				s := &source{}
				s.add(&part{at: 1, arrived: arrived}, exact)
				for i, gap := range c.gaps {
					arrived = arrived.Add(gap)
					s.add(&part{at: pcommon.Timestamp(2 + i), arrived: arrived}, exact)
				}
				assert.Equal(t, c.want, s.interval)
			})
		}
	}
}

// After an outage a source sends its rounds in parts as before.
func TestOutageBetweenRoundsInParts(t *testing.T) {
	arrived := time.Now()
	s := &source{}
	for _, gap := range []time.Duration{0, 10 * time.Minute, 10 * time.Minute, 10 * time.Minute, 50 * time.Minute, 10 * time.Minute} {
		arrived = arrived.Add(gap)
		for range 3 {
			s.add(&part{at: 1, arrived: arrived}, false)
			arrived = arrived.Add(2 * time.Second)
			if len(s.gaps) > 6 {
				assert.Equal(t, 10*time.Minute+2*time.Second, s.interval)
			}
		}
	}
	assert.Greater(t, len(s.gaps), 6)
}

// Where series last on their own, a source may send in parts, with equal times or late ones.
func TestGapsBetweenPartsAreNotTheInterval(t *testing.T) {
	const interval = 10 * time.Minute
	for name, at := range map[string]func(round, part int) int{
		"equal times": func(round, _ int) int { return round },
		"own times":   func(round, part int) int { return 1000*round + part },
		"late":        func(round, part int) int { return 1000*(1+round) - part },
	} {
		for _, parts := range []int{1, 3, 5, 100} {
			t.Run(fmt.Sprintf("%s, %d parts", name, parts), func(t *testing.T) {
				arrived := time.Now()
				s := &source{}
				for round := range 10 {
					for i := range parts {
						s.add(&part{at: pcommon.Timestamp(at(round, i)), arrived: arrived}, false)
						if round > 2 {
							assert.Equal(t, interval, s.interval)
						}
						arrived = arrived.Add(2 * time.Second)
					}
					arrived = arrived.Add(interval - 2*time.Second)
				}
				assert.LessOrEqual(t, len(s.gaps), maxGaps)
			})
		}
	}
}

// A clock that is set back makes newer scrapes look older. Only what comes soon
// after the last scrape is late.
func TestClockSetBack(t *testing.T) {
	start := time.Now()
	s := &source{}
	add := func(at pcommon.Timestamp, after time.Duration) (shown pcommon.Timestamp) {
		s.add(&part{at: at, arrived: start.Add(after)}, true)
		assert.Len(t, s.shown, 1)
		return s.shown[0].at
	}
	assert.EqualValues(t, 100, add(100, 0))
	assert.EqualValues(t, 100, add(99, settling-1), "late, the interval is not known yet")
	assert.EqualValues(t, 110, add(110, 10*time.Second))
	assert.EqualValues(t, 110, add(50, 13*time.Second), "late")
	assert.EqualValues(t, 110, add(51, 15*time.Second-1), "late after the last that was not")
	assert.EqualValues(t, 52, add(52, 20*time.Second), "set back")
	assert.Equal(t, 10*time.Second, s.interval)
	assert.EqualValues(t, 52, add(51, 21*time.Second), "late")
	assert.EqualValues(t, 62, add(62, 30*time.Second))
}
