// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// TestSearchRounds holds how many rounds it takes to date a random commit of a
// week's records without knowing anything before.
func TestSearchRounds(t *testing.T) {
	most := map[string]int{"steady": 2, "late start": 3, "random": 16, "growing": 16, "irregular": 16}
	const commits = 100
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			sum, limit := 0, 1+20+slack
			if m, ok := most[name]; ok {
				limit = m
			}
			for range commits {
				log := dense(shape(r, 3000)...)
				commit := cluster.Offset(r.Int64N(int64(log.end)))
				d := newDates()
				log.scrape(d, testNow, commit)
				rounds := log.search(d, false)
				assert.LessOrEqual(t, rounds, limit)
				sum += rounds
			}
			t.Logf("%.1f rounds", float64(sum)/commits)
		})
	}
}

// TestDateLiesWithinItsBounds is the property that counts: whatever the log and
// the commits, and however often either moves on, every age is within a second
// of the truth once it has been looked up, and within the stated bounds before.
// Of what compaction removes, that is a matter of time.
func TestDateLiesWithinItsBounds(t *testing.T) {
	names := slices.Sorted(maps.Keys(shapes))
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 0))
		shape := names[r.IntN(len(names))]
		log := dense(shapes[shape](r, 1+r.IntN(400))...)
		compacted := r.IntN(3) == 0
		if compacted && shape == "out of order" {
			continue // what is next looks like what is late
		}
		compact := func(part int) { // the newest record stays
			log.records = slices.DeleteFunc(log.records, func(old record) bool { return r.IntN(part) == 0 && old.offset < log.end-1 })
		}
		if compacted {
			compact(2)
		}
		d, now := newDates(), testNow
		commits := make([]cluster.Offset, 1+r.IntN(4))
		for i := range commits {
			commits[i] = cluster.Offset(r.Int64N(int64(log.end)))
		}
		within := func(age lag.Age, commit cluster.Offset, off time.Duration) {
			at := cluster.NewTimestamp(now.Add(-age.Duration))
			low, high := log.bounds(commit, compacted)
			require.GreaterOrEqual(t, at, low-cluster.Timestamp(off.Milliseconds()), "seed %d, %s, commit %d", seed, shape, commit)
			require.LessOrEqual(t, at, high+cluster.Timestamp(off.Milliseconds()), "seed %d, %s, commit %d", seed, shape, commit)
		}
		changed := false
		for range 4 {
			for i, age := range log.scrape(d, now, commits...) {
				if age.Known && !changed { // by what was known before
					within(age, commits[i], max(30*time.Second, age.Duration/20))
				}
			}
			log.search(d, compacted)
			log.scrape(d, now, commits...) // they stand still
			log.search(d, compacted)
			for i, age := range log.scrape(d, now, commits...) {
				require.True(t, age.Known, "seed %d, %s, commit %d", seed, shape, commits[i])
				within(age, commits[i], time.Second)
			}
			for i := range commits { // consumers go on, retention and compaction too
				commits[i] = min(commits[i]+cluster.Offset(r.IntN(20)), log.end-1)
			}
			if r.IntN(4) == 0 {
				log.from(min(log.start+cluster.Offset(r.IntN(50)), log.end-1))
			}
			if changed = compacted && r.IntN(2) == 0; changed {
				compact(3)
				now = now.Add(16 * time.Minute)
			}
		}
	}
}

// bounds is between what a commit's date lies for sure. In a compacted topic,
// records that share a timestamp look like one that is gone.
func (l *testLog) bounds(commit cluster.Offset, compacted bool) (low, high cluster.Timestamp) {
	at := l.date(commit)
	if !compacted {
		return at, at
	}
	high = at
	for _, r := range l.records {
		if r.offset > commit && r.at > at {
			high = r.at
			break
		}
	}
	return at, high
}

// TestSearchRules has a case for every rule about what a date is.
func TestSearchRules(t *testing.T) {
	const s = cluster.Timestamp(1000)
	now := cluster.NewTimestamp(testNow)
	ago := func(seconds ...cluster.Timestamp) []cluster.Timestamp {
		times := make([]cluster.Timestamp, len(seconds))
		for i, ago := range seconds {
			times[i] = now - ago*s
		}
		return times
	}
	for name, tt := range map[string]struct {
		log       *testLog
		commit    cluster.Offset
		compacted bool
		want      time.Duration
		unknown   bool
	}{
		"in order":                         {log: dense(ago(500, 400, 300, 200, 100)...), commit: 2, want: 300 * time.Second},
		"the oldest record":                {log: dense(ago(500, 400, 300)...), commit: 0, want: 500 * time.Second},
		"the newest record":                {log: dense(ago(500, 400, 300)...), commit: 2, want: 300 * time.Second},
		"out of order: the largest so far": {log: dense(ago(500, 100, 300, 200, 50)...), commit: 2, want: 100 * time.Second},
		"one time for all, as LogAppendTime of one batch": {log: dense(ago(70, 70, 70, 70)...), commit: 2, want: 70 * time.Second},
		"records that share a time, then a gap":           {log: dense(ago(500, 300, 300, 300, 10)...), commit: 2, want: 300 * time.Second},
		"compacted: the next one left":                    {log: dense(ago(500, 400, 300, 200, 10)...).without(1, 2), commit: 1, compacted: true, want: 200 * time.Second},
		"compacted: nothing left but before":              {log: dense(ago(500, 400, 300)...).without(2), commit: 2, compacted: true, want: 400 * time.Second},
		"compacted from the start":                        {log: dense(ago(500, 400, 300)...).without(0, 1), commit: 0, compacted: true, want: 300 * time.Second},
		"a marker with no record after it":                {log: dense(ago(500, 400, 60)...), commit: 2, want: 60 * time.Second},
		"a record of the future":                          {log: dense(now-500*s, now+500*s, now+900*s), commit: 1, want: 0},
		"a record behind one of the future":               {log: dense(now-500*s, now+500*s, now-100*s), commit: 2, want: 0},
		"a record before one of the future":               {log: dense(now-500*s, now-400*s, now+500*s), commit: 1, want: 400 * time.Second},
		"a commit before the log's start":                 {log: dense(ago(500, 400, 300, 200)...).from(2), commit: 0, want: 300 * time.Second},
		"all deleted that was not read":                   {log: dense(ago(500, 400)...).from(2), commit: 0, want: 0},
		"empty, though it has an end":                     {log: dense(ago(500, 400)...).without(0, 1), commit: 0, unknown: true},
		"records from before timestamps":                  {log: dense(undated, undated, undated), commit: 1, unknown: true},
		"the first record with a timestamp":               {log: dense(undated, undated, now-90*s), commit: 0, want: 90 * time.Second},
		"a year old":                                      {log: dense(ago(31_536_000, 31_535_000, 31_534_000)...), commit: 1, want: 31_535_000 * time.Second},
		"1970":                                            {log: dense(0, 1, 2), commit: 1, want: time.Duration(now-1) * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDates()
			before := tt.log.scrape(d, testNow, tt.commit)[0]
			assert.True(t, !before.Known || before.Duration == 0, "nothing is known before the first look-up")
			tt.log.search(d, tt.compacted)
			asked := tt.log.asked
			got := tt.log.scrape(d, testNow, tt.commit)[0]
			assert.Equal(t, !tt.unknown, got.Known)
			assert.InDelta(t, tt.want.Seconds(), got.Seconds(), 1)
			tt.log.search(d, tt.compacted)
			assert.Equal(t, asked, tt.log.asked, "nothing is asked twice")
		})
	}
}

// TestSearchEndsInTheFuture: records that have no age yet are not distinguished.
func TestSearchEndsInTheFuture(t *testing.T) {
	log := dense(spread(1000, func(i int) float64 { return 1 + float64(i+1)/1000 })...)
	d := newDates()
	log.scrape(d, testNow, 700)
	assert.Equal(t, 1, log.search(d, false))
	assert.Equal(t, lag.Age{Known: true}, log.scrape(d, testNow, 700)[0])
}

// Where records share a time, and then there are none for long, the date waits
// for the topic's policy.
func TestSearchWaitsForThePolicyAtAGap(t *testing.T) {
	now := cluster.NewTimestamp(testNow)
	gap := dense(now-50_000, now-50_000, now-3000)
	d := newDates()
	gap.scrape(d, testNow, 1)
	_, unclear := d.Plan(0)
	require.Equal(t, []string{"t"}, unclear)
	look := func() {
		for range 10 {
			lookups, _ := d.Plan(1)
			for _, l := range lookups {
				d.Learn([]cluster.Answer{gap.lookup(l)})
			}
		}
	}
	look()
	asked := gap.asked
	assert.False(t, gap.scrape(d, testNow, 1)[0].Known)
	look()
	assert.Equal(t, asked, gap.asked, "look-ups do not help")
	d.Policies(unclear, map[string]bool{"t": false})
	assert.Equal(t, 50*time.Second, gap.scrape(d, testNow, 1)[0].Duration)
}
