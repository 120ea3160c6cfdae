// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// An outage is not the interval: a source that has been away for long and then
// falls silent expires as it did before.
func TestOutageIsNotTakenForInterval(t *testing.T) {
	const minute = time.Minute
	for name, c := range map[string]struct {
		gaps        []time.Duration
		exact, each time.Duration // what is learned with exact expiry, and without it
	}{
		"first gap":          {[]time.Duration{10 * minute}, 10 * minute, 10 * minute},
		"one outage":         {[]time.Duration{minute, 50 * minute}, minute, minute},
		"after an outage":    {[]time.Duration{minute, 50 * minute, minute}, minute, minute},
		"begins with one":    {[]time.Duration{50 * minute, minute}, minute, minute},
		"two outages":        {[]time.Duration{minute, 50 * minute, minute, 40 * minute}, minute, minute},
		"rarer from now":     {[]time.Duration{minute, 50 * minute, 40 * minute, 45 * minute}, 45 * minute, 40 * minute},
		"a round in parts":   {[]time.Duration{10 * minute, settling - 1, 10 * minute, 1}, 10 * minute, 10 * minute},
		"an early scrape":    {[]time.Duration{10 * minute, 10 * minute, minute, 10 * minute}, 10 * minute, 10 * minute},
		"an early second":    {[]time.Duration{10 * minute, minute, 9 * minute}, 9 * minute, minute},
		"dense from now":     {append([]time.Duration{20 * minute}, slices.Repeat([]time.Duration{settling / 2}, 12_000)...), 0, 0},
		"dense, few of them": {[]time.Duration{20 * minute, settling / 2, settling / 2}, 20 * minute, 20 * minute},
		"three outages": {
			slices.Concat(slices.Repeat([]time.Duration{minute}, 9), slices.Repeat([]time.Duration{15 * minute, minute, minute, minute}, 3)), minute, 15 * minute,
		},
	} {
		for exact, want := range map[bool]time.Duration{true: c.exact, false: c.each} {
			t.Run(fmt.Sprintf("%s, exact %t", name, exact), func(t *testing.T) {
				arrived := time.Now()
				s := &source{}
				s.add(&part{at: 1, arrived: arrived}, exact)
				for i, gap := range c.gaps {
					arrived = arrived.Add(gap)
					s.add(&part{at: pcommon.Timestamp(2 + i), arrived: arrived}, exact)
					s.shown, s.next = s.shown[:1], nil
				}
				assert.Equal(t, want, s.interval)
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
