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
	"github.com/kafkalag/kafkalagreceiver/internal/test/soak"
)

const year = 365 * 24 * time.Hour

// Records of last year are replayed, and then live ones follow. The group that
// reads those says nothing of the one that is still among the others.
func TestEstimatorOfAGroupAmongReplayedRecordsWhileAnotherReadsLive(t *testing.T) {
	for name, until := range map[string]int{"moves": 60, "moves, and then stands": 20} {
		t.Run(name, func(t *testing.T) {
			d, log := newDates(), &live{now: testNow, late: year}
			slow, known := cluster.Offset(1000), 0
			for i := range 60 {
				if i == 12 {
					log.late = 0
				}
				log.pass(d.Interval)
				ages := log.scrape(d, log.now, log.end-100, slow)
				if i > 3 && ages[1].Known {
					truth := log.now.Sub(time.UnixMilli(int64(log.date(slow))))
					require.InDelta(t, truth.Seconds(), ages[1].Seconds(), 0.05*year.Seconds(), "scrape %d", i)
					known++
				}
				if i > 14 {
					require.InDelta(t, 10, ages[0].Seconds(), 1, "scrape %d", i)
				}
				log.answer(d)
				if i < until {
					slow += 50
				}
			}
			assert.GreaterOrEqual(t, known, 54)
		})
	}
}

// replayed is a log that goes on while it is read, now faster, now slower, with
// records that are late by so much.
type replayed struct {
	testLog
	r    *rand.Rand
	now  time.Time
	rate int // records a second
	late time.Duration
	// arrivals is when each record came.
	arrivals []time.Time
	changes  []change
}

// change is when records began to be late otherwise, and for how long that may
// go unnoticed.
type change struct {
	at        time.Time
	offset    cluster.Offset
	unnoticed time.Duration
	guessed   bool // what follows goes by what was before, for a moment
}

// pass goes on for an interval. Each record has the largest timestamp so far,
// as look-ups see it.
func (l *replayed) pass(interval time.Duration) {
	for range interval / time.Second {
		if l.r.IntN(90) == 0 {
			l.rate = []int{0, 1, 1, 2, 10}[l.r.IntN(5)]
		}
		l.now = l.now.Add(time.Second)
		for range l.rate {
			at := cluster.NewTimestamp(l.now.Add(-l.late))
			if l.end > 0 {
				at = max(at, l.records[l.end-1].at)
			}
			l.records = append(l.records, record{l.end, at})
			l.arrivals = append(l.arrivals, l.now)
			l.end++
		}
	}
}

// change has records come as late as that from now on. Where they were late,
// that is noticed at once.
func (l *replayed) change(late time.Duration, d *Estimator) {
	if late == l.late {
		return
	}
	next := change{at: l.now, offset: l.end}
	if l.late < time.Minute { // close to none
		next.unnoticed = unnoticed(d)
	}
	next.guessed = l.late > 0
	l.changes = append(l.changes, next)
	l.late = late
}

// unnoticed is for how long records may come late before that matters.
func unnoticed(d *Estimator) time.Duration {
	return time.Duration(d.anchorLifetime())*time.Millisecond + 3*d.Interval
}

// arrival is when the record came that a group reads next.
func (l *replayed) arrival(commit cluster.Offset) time.Time {
	if commit == l.end {
		return l.now
	}
	return l.arrivals[commit]
}

// reader is a group in such a log.
type reader struct {
	commit cluster.Offset
	speed  time.Duration // what came in so much time it reads in an interval
	// sure is when dates follow the last change that it came to, near when they
	// follow it but for what may go unnoticed.
	sure, near time.Time
	// behind is when it has been so for long enough to be looked up, after it had
	// read all, or all that came before a pause.
	behind time.Time
}

// move lets an interval pass for the group. It may read all.
func (g *reader) move(l *replayed, interval time.Duration) {
	before, came := g.commit, l.arrival(g.commit)
	for g.commit < l.end && l.arrival(g.commit).Before(came.Add(g.speed)) {
		g.commit++
	}
	if l.arrival(g.commit).Sub(came) > 3*interval {
		g.behind = l.now.Add(2 * interval)
	}
	for _, c := range l.changes {
		if g.commit < c.offset {
			continue
		}
		after := l.now.Add(3 * interval)
		if c.guessed && before <= c.offset {
			g.near = after
		}
		if c.unnoticed > 0 && !came.After(c.at.Add(c.unnoticed)) {
			g.sure = after
		}
	}
}

// near is what ages should be off by at most, in seconds. Where records come in
// bursts, or are late by as little as that, it may be twice as much.
func near(d *Estimator, truth float64) float64 { return max(d.Interval.Seconds(), truth/20) }

// off is by how much, in seconds, the group's age may differ from the truth. Records
// that come late among others have the date of the last before them, so that
// what goes unnoticed matters no more than it lasts.
func (g *reader) off(l *replayed, d *Estimator, truth float64) float64 {
	off := 2 * near(d, truth)
	switch {
	case l.now.Before(g.near), l.now.Before(g.behind):
		return math.Inf(1)
	case l.now.Before(g.sure):
		return off + unnoticed(d).Seconds()
	}
	return off
}

// TestSoakDateOfAnArrival is the property for records that come while they are
// watched: whatever they are late by, and wherever groups are, ages are within an
// interval or a twentieth of the truth, but for one in a thousand, and never off
// by more than twice that, but for a change that has not been noticed yet.
func TestSoakDateOfAnArrival(t *testing.T) {
	seeds := uint64(200)
	if soak.Full() {
		seeds = 20_000
	}
	var sum watched
	for seed := range seeds {
		got := watchArrivals(t, seed)
		sum.all, sum.held = sum.all+got.all, sum.held+got.held
		sum.noticed, sum.close = sum.noticed+got.noticed, sum.close+got.close
	}
	t.Logf("%+v", sum)
	assert.Greater(t, sum.held, sum.all*3/4)
	assert.Greater(t, sum.close, sum.noticed*999/1000)
}

// watched counts ages: all that there were, those that were reported and held, of
// these those where all changes had been noticed, and of these the close ones.
type watched struct{ all, held, noticed, close int }

// watchArrivals has some groups read a log whose lateness changes.
func watchArrivals(t *testing.T, seed uint64) (w watched) {
	t.Helper()
	lates := []time.Duration{0, 20 * time.Second, 5 * time.Minute, 30 * time.Minute, time.Hour, year}
	speeds := []time.Duration{0, 5 * time.Second, 30 * time.Second, time.Minute}
	r := rand.New(rand.NewPCG(seed, 1))
	d := &Estimator{Keep: time.Hour, Interval: []time.Duration{30 * time.Second, 10 * time.Second}[r.IntN(2)]}
	log := &replayed{r: r, now: testNow, rate: 1, late: lates[r.IntN(len(lates))]}
	log.pass(5 * time.Minute)
	groups, commits := make([]reader, 2+r.IntN(3)), []cluster.Offset{}
	for i := range groups {
		groups[i] = reader{commit: cluster.Offset(r.Int64N(int64(log.end) + 1)), speed: speeds[r.IntN(len(speeds))]}
		commits = append(commits, groups[i].commit)
	}
	changed := log.now
	for n := range 190 {
		if log.now.Sub(changed) > 22*time.Minute { // what lasts less than unnoticed may never be noticed
			changed = log.now
			log.change(lates[r.IntN(len(lates))], d)
			for i := range groups { // those that have read all come to it as soon as it comes
				if commits[i] == log.end {
					groups[i].near = log.now.Add(4 * d.Interval)
				}
			}
		}
		log.pass(d.Interval)
		for i, topic := range log.scrapeTopics(d, log.now, commits...) {
			age := topic.AgeMax
			require.Equal(t, age.Known, topic.AgeBound.Known)
			require.LessOrEqual(t, age.Duration, topic.AgeBound.Duration)
			if w.all++; !age.Known {
				continue
			}
			truth := 0.0
			if commits[i] < log.end {
				truth = log.now.Sub(time.UnixMilli(int64(log.records[commits[i]].at))).Seconds()
			} else {
				groups[i].behind = log.now.Add(2 * d.Interval)
			}
			off := groups[i].off(log, d, truth)
			if !math.IsInf(off, 1) {
				w.held++
			}
			if off == 2*near(d, truth) {
				w.noticed++
				if math.Abs(truth-age.Seconds()) <= near(d, truth) {
					w.close++
				}
				require.GreaterOrEqual(t, topic.AgeBound.Seconds(), truth, "seed %d, scrape %d, commit %d of %v", seed, n, commits[i], commits)
			}
			require.InDelta(t, truth, age.Seconds(), off, "seed %d, scrape %d, commit %d of %v", seed, n, commits[i], commits)
		}
		log.answer(d)
		for i := range groups {
			if r.IntN(40) == 0 {
				groups[i].speed = speeds[r.IntN(len(speeds))]
			}
			groups[i].move(log, d.Interval)
			commits[i] = groups[i].commit
		}
	}
	return w
}
