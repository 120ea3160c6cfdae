// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

const year = 365 * 24 * time.Hour

// Records of last year are replayed, and then live ones follow. The group that
// reads those says nothing of the one that is still among the others.
func TestDatesOfAGroupAmongReplayedRecordsWhileAnotherReadsLive(t *testing.T) {
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

// replayed is a log that goes on while it is read: a record a second, late by
// so much.
type replayed struct {
	testLog
	now  time.Time
	late time.Duration
	// changes are by how many records each may go unnoticed, by where it begins.
	changes map[cluster.Offset]cluster.Offset
}

// pass goes on for an interval. Each record has the largest timestamp so far,
// as look-ups see it.
func (l *replayed) pass(interval time.Duration) {
	for range interval / time.Second {
		l.now = l.now.Add(time.Second)
		at := cluster.NewTimestamp(l.now.Add(-l.late))
		if l.end > 0 {
			at = max(at, l.records[l.end-1].at)
		}
		l.records = append(l.records, record{l.end, at})
		l.end++
	}
}

// change has records come as late as that from now on. Where they were late,
// that is noticed at once; else by those that come a quarter of an hour later,
// and two intervals.
func (l *replayed) change(late time.Duration, d *Dates) {
	if late != l.late {
		l.changes[l.end] = 0
		if l.late == 0 {
			l.changes[l.end] = cluster.Offset((d.Keep/rechecks + 2*d.Interval).Seconds())
		}
		l.late = late
	}
}

// reader is a group in such a log.
type reader struct {
	commit, speed cluster.Offset
	// sure is when dates follow the last change that it came to, near when they
	// follow it but for what may go unnoticed.
	sure, near time.Time
}

// move lets an interval pass for the group.
func (g *reader) move(l *replayed, interval time.Duration) {
	next := min(g.commit+g.speed, l.end-3)
	for at, unnoticed := range l.changes {
		switch after := l.now.Add(3 * interval); {
		case unnoticed == 0 && g.commit < at && at <= next:
			g.near = after
		case g.commit < at+unnoticed && at <= next:
			g.sure = after
		}
	}
	g.commit = next
}

// off is by how much, in seconds, the group's age may differ from the truth. Records
// that come late among others have the date of the last before them, so that
// what goes unnoticed matters no more than it lasts.
func (g *reader) off(l *replayed, d *Dates, truth float64) float64 {
	off := max(d.Interval.Seconds(), truth/20)
	switch {
	case l.now.Before(g.near):
		return math.Inf(1)
	case l.now.Before(g.sure):
		return off + (d.Keep/rechecks + 2*d.Interval).Seconds()
	}
	return off
}

// TestSoakDateOfAnArrival is the property for records that come while they are
// watched: whatever they are late by, and wherever groups are, an age that is
// told is within an interval or a twentieth of the truth, but for a change that
// has not been noticed yet.
func TestSoakDateOfAnArrival(t *testing.T) {
	seeds := []uint64{2546} // a group that went from the last look-up's record past a change
	for seed := range uint64(200) {
		seeds = append(seeds, seed)
	}
	if os.Getenv("KAFKALAG_SOAK") == "full" {
		for seed := range uint64(20_000) {
			seeds = append(seeds, 1000+seed)
		}
	}
	known, all := 0, 0
	for _, seed := range seeds {
		k, n := watchArrivals(t, seed)
		known, all = known+k, all+n
	}
	t.Logf("%d of %d known", known, all)
	assert.Greater(t, known, all*3/4)
}

// watchArrivals has some groups read a log whose lateness changes, and returns
// how many ages were told and held, of how many.
func watchArrivals(t *testing.T, seed uint64) (known, all int) {
	t.Helper()
	lates, speeds := []time.Duration{0, time.Hour, year}, []cluster.Offset{0, 5, 30, 60}
	r := rand.New(rand.NewPCG(seed, 1))
	d := newDates()
	log := &replayed{now: testNow, late: lates[r.IntN(3)], changes: map[cluster.Offset]cluster.Offset{}}
	log.pass(10 * d.Interval)
	groups, commits := make([]reader, 2+r.IntN(3)), []cluster.Offset{}
	for i := range groups {
		groups[i] = reader{commit: cluster.Offset(r.Int64N(int64(log.end))), speed: speeds[r.IntN(len(speeds))]}
		commits = append(commits, groups[i].commit)
	}
	for n := range 190 {
		if n%45 == 0 { // changes of less than half of that may never be noticed
			log.change(lates[r.IntN(3)], d)
		}
		log.pass(d.Interval)
		for i, age := range log.scrape(d, log.now, commits...) {
			if all++; !age.Known {
				continue
			}
			truth := log.now.Sub(time.UnixMilli(int64(log.records[commits[i]].at))).Seconds()
			off := groups[i].off(log, d, truth)
			if !math.IsInf(off, 1) {
				known++
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
	return known, all
}
