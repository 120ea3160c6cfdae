// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// While a group's coordinator is away, or a partition's end is not known, what
// was learned of its commits is kept: they are not looked up again.
func TestEstimatorOfWhatIsMissingAreKept(t *testing.T) {
	commits := []cluster.Offset{100, 400, 700}
	for name, lose := range map[string]func(*cluster.Snapshot){
		"a group":                func(s *cluster.Snapshot) { s.Groups["a"].CommitsKnown = false },
		"a group and its name":   func(s *cluster.Snapshot) { delete(s.Groups, "a") },
		"the end of a partition": func(s *cluster.Snapshot) { s.Topics["t"].Partitions[0].End = cluster.Unknown },
	} {
		t.Run(name, func(t *testing.T) {
			d, log := newDates(), dense(spread(1000, func(i int) float64 { return float64(i*i) / 1e6 })...)
			log.scrape(d, testNow, commits...)
			log.search(d, false)
			before := log.scrape(d, testNow, commits...)
			for range cluster.GoneAfter - 1 {
				s := log.snapshot(commits...)
				lose(s)
				d.Estimate(testNow, s, lag.Compute(s))
				log.search(d, false)
			}
			log.asked = 0
			assert.Equal(t, before, log.scrape(d, testNow, commits...))
			log.search(d, false)
			assert.Zero(t, log.asked)
		})
	}
}

// Nor are groups that come and go all the time a reason to keep what is before the
// start of the log.
func TestEstimatorOfRecordsOutOfOrderThatExpire(t *testing.T) {
	log := ordered(before(9000, 1000, 8000, 7000, 6000, 500))
	log.records[1].at = log.records[0].at + 8_000_000 // the largest, and the first to go
	for i := 2; i < 5; i++ {
		log.records[i].at = log.records[1].at
	}
	d := newDates()
	scrape := func(n int) lag.Age {
		s := log.snapshot(3)
		name := fmt.Sprint("console-", n)
		s.Groups[name] = &cluster.Group{Name: name, CommitsKnown: true}
		r := lag.Compute(s)
		d.Estimate(testNow, s, r)
		return r.Groups[0].Topics[0].Partitions[0].Age
	}
	for n := range 3 {
		assert.InDelta(t, 1000, scrape(n).Seconds(), 1000*float64(1-min(n, 1))+1)
		log.search(d, false)
	}
	log.from(2)
	log.records[0].at, log.records[1].at, log.records[2].at = before(8000)[0], before(7000)[0], before(6000)[0]
	scrape(3)
	log.search(d, false)
	assert.InDelta(t, 7000, scrape(4).Seconds(), 1)
}

// Groups that come and go all the time do not make it remember more and more.
func TestEstimatorForgetGroupsThatAreGone(t *testing.T) {
	d, log := newDates(), dense(spread(3000, func(i int) float64 { return float64(i*i) / 9e6 })...)
	for n := range 300 {
		s := log.snapshot(cluster.Offset(10 * (n%200 + 1)))
		g := s.Groups["a"]
		g.Name = time.Duration(n).String()
		s.Groups = map[string]*cluster.Group{g.Name: g}
		d.Estimate(testNow, s, lag.Compute(s))
		log.search(d, false)
	}
	assert.LessOrEqual(t, len(d.groups), cluster.GoneAfter+1)
	assert.Less(t, len(d.topics["t"].partitions[0].index), 2*maxSpared)
}

// Before Kafka 2.8 topics have no ids. One that was created anew may have grown
// past the old end by the next scrape; its start shows it.
func TestEstimatorForgetALogThatStartsAnew(t *testing.T) {
	d, old := newDates(), dense(before(500_000, 400_000, 300_000, 200_000, 100_000)...).from(1)
	old.scrape(d, testNow, 2)
	old.search(d, false)
	require.True(t, old.scrape(d, testNow, 2)[0].Known)
	anew := dense(before(60, 50, 40, 30, 20, 10)...)
	assert.False(t, anew.scrape(d, testNow, 2)[0].Known)
	anew.search(d, false)
	assert.InDelta(t, 40, anew.scrape(d, testNow, 2)[0].Seconds(), 1)
}

// A clock that leaps a day ahead and comes back does not put questions off.
func TestPolicyIsAskedAgainAfterALeapOfTheClock(t *testing.T) {
	d, log := newDates(), dense(before(500, 400, 300)...)
	log.scrape(d, testNow.Add(24*time.Hour), 1)
	log.search(d, false)
	log.scrape(d, testNow, 1)
	_, topics := d.Plan(0)
	assert.Equal(t, []string{"t"}, topics)
}

// Nor does it have records of a compacted topic count as there for a day.
func TestCompactedRecordsAfterALeapOfTheClock(t *testing.T) {
	d, log := newDates(), dense(before(500, 400, 300, 200)...)
	for _, at := range []time.Time{testNow.Add(24 * time.Hour), testNow} {
		log.scrape(d, at, 1)
		log.search(d, true)
	}
	log.asked = 0
	log.scrape(d, testNow.Add(time.Minute), 1)
	log.search(d, true)
	assert.Zero(t, log.asked, "it was seen again at the time that it is")
	log.without(1)
	log.scrape(d, testNow.Add(20*time.Minute), 1)
	log.search(d, true)
	assert.InDelta(t, (1500 * time.Second).Seconds(), log.scrape(d, testNow.Add(20*time.Minute), 1)[0].Seconds(), 1)
}

// A partition whose look-ups always fail is asked less and less often, until it
// has another leader.
func TestEstimatorAskLessOftenWhatAlwaysFails(t *testing.T) {
	d, log := newDates(), dense(before(500, 400, 300)...)
	asked := func(scrapes int, leader int32) (n int) {
		for range scrapes {
			s := log.snapshot(1)
			s.Topics["t"].Partitions[0].Leader = leader
			d.Estimate(testNow, s, lag.Compute(s))
			lookups, _ := d.Plan(10)
			n += len(lookups)
			for _, l := range lookups {
				d.Learn([]cluster.Answer{{Lookup: l, Err: errors.New("no timestamps")}})
			}
		}
		return n
	}
	assert.Equal(t, 2, asked(2, 1), "a second time at once")
	assert.Equal(t, 2, asked(6, 1))
	assert.Equal(t, 10, asked(80, 1), "each eighth scrape")
	assert.Equal(t, 1, asked(1, 2))
}
