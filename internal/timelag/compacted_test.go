// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// before are the timestamps so many seconds before testNow.
func before(seconds ...cluster.Timestamp) []cluster.Timestamp {
	times := make([]cluster.Timestamp, len(seconds))
	for i, s := range seconds {
		times[i] = cluster.NewTimestamp(testNow) - s*1000
	}
	return times
}

// A record that a date rests on is gone one day, whatever it was to the date.
func TestEstimatorOutliveNoCompactedRecord(t *testing.T) {
	for name, tt := range map[string]struct {
		log        *testLog
		commit     cluster.Offset
		first      float64
		compaction []cluster.Offset
		then       float64
	}{
		"the record itself": {
			dense(before(500, 400, 300, 200, 10)...), 1, 400, []cluster.Offset{1, 2}, 200,
		},
		"the oldest": {
			dense(before(500, 400, 300, 200, 10)...), 0, 500, []cluster.Offset{0, 1}, 300,
		},
		"the next one": {
			dense(before(500, 400, 300, 200, 10)...).without(1), 1, 300, []cluster.Offset{2}, 200,
		},
		"the oldest left": {
			dense(before(500, 400, 300, 200, 10)...).without(0), 0, 400, []cluster.Offset{1, 2}, 200,
		},
		"the end of a second": {
			dense(cluster.NewTimestamp(testNow)-300_700, cluster.NewTimestamp(testNow)-300_350, cluster.NewTimestamp(testNow)-300_000,
				cluster.NewTimestamp(testNow)-20_000).without(1), 1, 300, []cluster.Offset{2}, 20,
		},
		"all but the newest": {
			dense(before(500, 400, 300, 200, 10)...), 1, 400, []cluster.Offset{0, 1, 2, 3}, 10,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, log := newDates(), tt.log
			age := func(after time.Duration) float64 {
				got := log.scrape(d, testNow.Add(after), tt.commit)[0]
				require.True(t, got.Known, "there is no gap")
				log.asked = 0
				log.search(d, true)
				return (got.Duration - after).Seconds()
			}
			log.scrape(d, testNow, tt.commit)
			log.search(d, true)
			assert.InDelta(t, tt.first, age(0), 1)
			for after := time.Minute; after < 15*time.Minute; after += time.Minute {
				age(after)
				require.Zero(t, log.asked, "a stuck group is dated already")
			}
			age(16 * time.Minute)
			assert.Equal(t, 1, log.asked, "is it still there?")
			age(30 * time.Minute)
			assert.Zero(t, log.asked, "it is")

			log.without(tt.compaction...)
			age(32 * time.Minute)
			assert.Positive(t, log.asked)
			assert.InDelta(t, tt.then, age(33*time.Minute), 1)
			assert.Zero(t, log.asked)
		})
	}
}

func TestPolicyIsAskedAgain(t *testing.T) {
	d, log := newDates(), dense(before(500, 400, 300, 200, 10)...)
	now, commit := testNow, cluster.Offset(1)
	old := log.date(commit)
	scrape := func(after time.Duration) lag.Age {
		now = now.Add(after)
		return log.scrape(d, now, commit)[0]
	}
	truth := func(at cluster.Timestamp) float64 { return now.Sub(time.UnixMilli(int64(at))).Seconds() }
	asked := func() []string {
		_, topics := d.Plan(0)
		return topics
	}
	setPolicy := func(compacted bool) {
		d.Policies([]string{"t"}, map[string]bool{"t": compacted})
		log.search(d, compacted)
	}
	scrape(0)
	require.Equal(t, []string{"t"}, asked(), "as soon as something is to be dated")
	assert.Empty(t, asked(), "once")
	d.Policies([]string{"t", "gone"}, nil)
	assert.Empty(t, asked(), "nobody answers: not again before the next scrape")
	scrape(time.Second)
	require.Equal(t, []string{"t"}, asked())
	setPolicy(false)
	scrape(59 * time.Minute)
	assert.Empty(t, asked(), "for an hour")

	log.without(1, 2) // it is compacted now
	age := scrape(2 * time.Minute)
	assert.InDelta(t, truth(old), age.Seconds(), 1)
	require.Equal(t, []string{"t"}, asked())
	setPolicy(true)
	scrape(time.Second)
	log.search(d, true)
	age = scrape(time.Second)
	assert.InDelta(t, truth(log.date(commit)), age.Seconds(), 1)

	log.without(3)
	scrape(time.Hour)
	require.Equal(t, []string{"t"}, asked())
	setPolicy(false) // and not any more: what is left stays, but is it what was seen?
	scrape(time.Minute)
	log.search(d, false)
	age = scrape(time.Minute)
	assert.InDelta(t, truth(log.date(commit)), age.Seconds(), 1)
	log.asked = 0
	for range 50 {
		scrape(time.Minute)
		log.search(d, false)
	}
	assert.Zero(t, log.asked)

	commit = log.end
	scrape(5 * time.Hour)
	assert.Empty(t, asked(), "nothing is left to read")
}

// A record between two others may be as young as the second, if it is gone.
func TestBetweenRecordsOfACompactedTopic(t *testing.T) {
	gap := index{{from: 1000, at: 1000, offset: 10}, {from: 1001, at: 100_000, offset: 20}}
	end := index{{from: 1000, at: 1000, offset: 10}, {from: 9000, at: undated, offset: 20}}
	for name, tt := range map[string]struct {
		steps  index
		policy policy
		apart  cluster.Timestamp
		ok     bool
	}{
		"every offset is there": {gap, plain, 1, true},
		"compacted":             {gap, compacted, 99_000, true},
		"compacted once":        {gap, formerlyCompacted, 99_000, true},
		"not known":             {gap, unknown, 99_000, true},
		"the end of a log":      {end, plain, 8000, true},
		"or of a compacted one": {end, compacted, 0, false},
		"of which is not known": {end, unknown, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			at, apart, by := tt.steps.between(15, tt.policy)
			assert.Equal(t, tt.ok, by != nil)
			if tt.ok {
				assert.Equal(t, tt.apart, apart)
				assert.Equal(t, 1000+apart/2, at)
			}
		})
	}
}

// When a record arrived says nothing about the one that is read in its place. Of
// what has just arrived, that can be no younger by much.
func TestEstimatorByArrivalInACompactedTopic(t *testing.T) {
	d, log := newDates(), &live{now: testNow}
	log.pass(time.Minute)
	healthy := func() cluster.Offset { return log.end - 100 }
	for range 4 {
		log.scrape(d, log.now, healthy())
		log.search(d, true)
		log.pass(d.Interval)
	}
	log.asked = 0
	for range 10 {
		assert.InDelta(t, 10, log.scrape(d, log.now, healthy())[0].Seconds(), 1)
		log.search(d, true)
		log.pass(d.Interval)
	}
	assert.Zero(t, log.asked)

	stuck := log.end - 2000
	for o := stuck; o < log.end-700; o++ {
		log.without(o)
	}
	truth := log.now.Sub(time.UnixMilli(int64(log.date(stuck))))
	if age := log.scrape(d, log.now, stuck)[0]; age.Known {
		assert.InDelta(t, truth.Seconds(), age.Seconds(), 30)
	}
	log.search(d, true)
	assert.InDelta(t, truth.Seconds(), log.scrape(d, log.now, stuck)[0].Seconds(), 1)
}
