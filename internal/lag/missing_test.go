// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// While a group's coordinator is away, or a partition's end is not known, what
// was learned of its commits is kept: they are not looked up again.
func TestDatesOfWhatIsMissingAreKept(t *testing.T) {
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
			for range patience - 1 {
				s := log.snapshot(commits...)
				lose(s)
				d.Date(testNow, s, Compute(s))
				log.search(d, false)
			}
			log.asked = 0
			assert.Equal(t, before, log.scrape(d, testNow, commits...))
			log.search(d, false)
			assert.Zero(t, log.asked)
		})
	}
}

// Groups that come and go all the time do not make it remember more and more.
func TestDatesForgetGroupsThatAreGone(t *testing.T) {
	d, log := newDates(), dense(spread(3000, func(i int) float64 { return float64(i*i) / 9e6 })...)
	for n := range 300 {
		s := log.snapshot(cluster.Offset(10 * (n%200 + 1)))
		g := s.Groups["a"]
		g.Name = time.Duration(n).String()
		s.Groups = map[string]*cluster.Group{g.Name: g}
		d.Date(testNow, s, Compute(s))
		log.search(d, false)
	}
	assert.LessOrEqual(t, len(d.groups), patience+1)
	assert.Less(t, len(d.topics["t"].partitions[0].steps), 2*maxSpared)
}

// Before Kafka 2.8 topics have no ids. One that was created anew may have grown
// past the old end by the next scrape; its start tells.
func TestDatesForgetALogThatStartsAnew(t *testing.T) {
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

// A partition whose look-ups always fail is asked less and less often, until it
// has another leader.
func TestDatesAskLessOftenWhatAlwaysFails(t *testing.T) {
	d, log := newDates(), dense(before(500, 400, 300)...)
	asked := func(scrapes int, leader int32) (n int) {
		for range scrapes {
			s := log.snapshot(1)
			s.Topics["t"].Partitions[0].Leader = leader
			d.Date(testNow, s, Compute(s))
			lookups, _ := d.Plan(10)
			n += len(lookups)
			for _, l := range lookups {
				d.Learn([]cluster.Answer{{Lookup: l, Err: errors.New("no timestamps")}})
			}
		}
		return n
	}
	assert.Equal(t, 2, asked(2, 1), "a second time at once")
	assert.Equal(t, 4, asked(30, 1))
	assert.Equal(t, 3, asked(100, 1), "each 32 scrapes")
	assert.Equal(t, 1, asked(1, 2))
}
