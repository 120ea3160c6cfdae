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
)

// busy is a log of records that come as they please, when they are stamped.
type busy struct {
	testLog
	now, next time.Time
	gap       func() time.Duration // to the next record
}

// pass lets time go by.
func (l *busy) pass(d time.Duration) {
	for l.now = l.now.Add(d); !l.next.After(l.now); l.next = l.next.Add(l.gap()) {
		l.records = append(l.records, record{l.end, cluster.NewTimestamp(l.next)})
		l.end++
	}
}

// behind is where a group stands that is so late.
func (l *busy) behind(late time.Duration) cluster.Offset {
	if at := l.find(cluster.Lookup{At: cluster.NewTimestamp(l.now.Add(-late))}).Offset; at >= 0 {
		return at
	}
	return l.end
}

// Whatever the traffic, and however seldom another group is behind, a group that
// reads live records keeps its time lag, and hardly anything is asked for it.
func TestEstimatorOfLiveTraffic(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	seconds := func(mean float64) func() time.Duration {
		return func() time.Duration { return time.Duration(r.ExpFloat64() * mean * float64(time.Second)) }
	}
	for name, gap := range map[string]func() time.Duration{
		"a record a second":        seconds(1),
		"a record in five seconds": seconds(5),
		"by minutes": func() time.Duration {
			if r.IntN(60) == 0 {
				return time.Duration(r.IntN(300)) * time.Second
			}
			return time.Second
		},
	} {
		for _, late := range []time.Duration{2 * time.Minute, 10 * time.Minute, 30 * time.Minute} {
			for _, often := range []int{2, 20} { // the other group is behind in one of so many scrapes
				d, log := newDates(), &busy{now: testNow, next: testNow, gap: gap}
				log.pass(time.Hour)
				absent, off := 0, 0
				const start, scrapes = 130, 360
				for n := range scrapes {
					log.pass(d.Interval)
					commits := []cluster.Offset{log.end, log.behind(late)}
					if r.IntN(often) == 0 {
						commits[0]--
					}
					ages := log.scrape(d, log.now, commits...)
					if n == start {
						log.asked = 0
					}
					for i, age := range ages {
						switch {
						case n < start || commits[i] == log.end:
						case !age.Known:
							absent++
						default:
							truth := log.now.Sub(time.UnixMilli(int64(log.records[commits[i]].at)))
							if (age.Duration - truth).Abs() > max(d.Interval, truth/20) {
								off++
							}
						}
					}
					log.search(d, false)
				}
				assert.LessOrEqual(t, absent, 2, "%s, %v behind, 1 of %d", name, late, often)
				assert.LessOrEqual(t, off, 2, "%s, %v behind, 1 of %d", name, late, often)
				assert.LessOrEqual(t, log.asked, 30, "%s, %v behind, 1 of %d: in two hours", name, late, often)
			}
		}
	}
}

// A group that has read all for hours is a record behind, and has a time lag at
// once.
func TestEstimatorOfAGroupThatIsSeldomBehind(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	gap := func() time.Duration { return time.Duration(r.ExpFloat64() * float64(time.Second)) }
	d, log := newDates(), &busy{now: testNow, next: testNow, gap: gap}
	log.pass(time.Minute)
	for n := range 1300 {
		log.pass(d.Interval)
		commit := log.end
		if n < 4 || n%400 == 0 { // each 200 minutes
			commit--
		}
		if age := log.scrape(d, log.now, commit)[0]; n > 3 {
			require.True(t, age.Known, "scrape %d", n)
			require.InDelta(t, 0, age.Seconds(), 30+60, "scrape %d", n)
		}
		log.search(d, false)
	}
}

// A group that works off hours of an even log, further back than the history is
// to reach, is looked up now and then, and not for ever in one interval.
func TestEstimatorOfAGroupThatWasResetFarBack(t *testing.T) {
	d, log := newDates(), &live{now: testNow}
	log.pass(time.Minute)
	for n := range 840 {
		commit := log.end - 100
		if n > 780 { // hours back, and then ten times as fast as they come
			commit = log.end - 200_000 + cluster.Offset(n-780)*3000
		}
		age := log.scrape(d, log.now, commit)[0]
		if n > 785 {
			truth := log.now.Sub(time.UnixMilli(int64(log.date(commit))))
			require.True(t, age.Known, "scrape %d", n)
			require.InDelta(t, truth.Seconds(), age.Seconds(), truth.Seconds()/20, "scrape %d", n)
		}
		log.asked = 0
		log.search(d, false)
		require.LessOrEqual(t, log.asked, 20, "scrape %d", n)
		log.pass(d.Interval)
	}
}

// The commit of a group that has stopped becomes older than the history. It is looked up
// before that, and always has a time lag.
func TestEstimatorOfAGroupThatStopsOutlastTheHistory(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	gap := func() time.Duration { return time.Duration(r.ExpFloat64() * float64(time.Second)) }
	d, log := newDates(), &busy{now: testNow, next: testNow, gap: gap}
	log.pass(time.Minute)
	var commit cluster.Offset
	for n := range 260 {
		if n < 20 {
			commit = log.end - 100
		}
		age := log.scrape(d, log.now, commit)[0]
		if n > 3 {
			require.True(t, age.Known, "scrape %d", n)
			truth := log.now.Sub(time.UnixMilli(int64(log.date(commit))))
			require.InDelta(t, truth.Seconds(), age.Seconds(), max(d.Interval.Seconds(), truth.Seconds()/20), "scrape %d", n)
		}
		if n == 120 { // 50 minutes after it stopped
			log.asked = 0
		}
		log.search(d, false)
		log.pass(d.Interval)
	}
	assert.Zero(t, log.asked, "it is dated by its record then")
}
