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

// live is a log that grows by ten records a second, stamped late by that much.
type live struct {
	testLog
	now  time.Time
	late time.Duration
}

// pass lets time go by.
func (l *live) pass(d time.Duration) {
	for range d / (100 * time.Millisecond) {
		l.now = l.now.Add(100 * time.Millisecond)
		l.records = append(l.records, record{l.end, cluster.NewTimestamp(l.now.Add(-l.late))})
		l.end++
	}
}

func TestEstimatorByHistory(t *testing.T) {
	d, log := newDates(), &live{now: testNow}
	log.pass(time.Minute)
	var commit cluster.Offset
	for i := range 20 { // a consumer at half the rate
		ages := log.scrape(d, log.now, commit)
		if i == 2 {
			assert.Positive(t, log.search(d, false), "one look-up at least shows that records arrive when they are stamped")
			log.asked = 0
		}
		if i > 2 {
			truth := log.now.Sub(time.UnixMilli(int64(log.date(commit))))
			require.True(t, ages[0].Known)
			assert.InDelta(t, truth.Seconds(), ages[0].Seconds(), 1)
			log.search(d, false)
		}
		log.pass(30 * time.Second)
		commit = log.end - cluster.Offset(100+150*(i+1))
	}
	assert.Zero(t, log.asked, "the history has all the rest")
}

func TestEstimatorAreRechecked(t *testing.T) {
	d, log := newDates(), &live{now: testNow}
	log.pass(time.Minute)
	step := func() lag.Age {
		commit := log.end - 100
		age := log.scrape(d, log.now, commit)[0]
		log.search(d, false)
		log.pass(30 * time.Second)
		return age
	}
	step()
	step()
	log.asked = 0
	for range 120 {
		assert.True(t, step().Known, "there are no gaps while it is rechecked")
	}
	assert.Positive(t, log.asked)
	assert.LessOrEqual(t, log.asked, 5, "in an hour")

	// From now on the records are mirrored, an hour after they were stamped.
	// The largest timestamp counts, so those before have to go.
	log.from(log.end)
	log.late = time.Hour
	known := 0
	for range 40 {
		if age := step(); age.Known && age.Duration > time.Hour {
			known++
		}
	}
	assert.GreaterOrEqual(t, known, 5, "it is found out after a quarter of an hour")

	// The mirror catches up. Where records are late, that is seen soon.
	log.late = 10 * time.Minute
	step()
	step()
	step()
	assert.InDelta(t, (10*time.Minute + 10*time.Second).Seconds(), step().Seconds(), 30)
}

// Records of last year are replayed, those of an hour in an interval.
func TestEstimatorWhileRecordsAreReplayedFast(t *testing.T) {
	d, log := newDates(), &live{now: testNow, late: 365 * 24 * time.Hour}
	known := 0
	for range 30 {
		for range 30 {
			log.pass(time.Second)
			log.late -= 2 * time.Minute
		}
		commit := log.end - 100
		if age := log.scrape(d, log.now, commit)[0]; age.Known {
			truth := log.now.Sub(time.UnixMilli(int64(log.date(commit))))
			assert.InEpsilon(t, truth, age.Duration, 0.05)
			known++
		}
		log.search(d, false)
	}
	assert.Equal(t, 28, known, "all but the first")
}

// How late records are is not known for long without look-ups.
func TestEstimatorOfLateRecordsNeedLookups(t *testing.T) {
	d, log := newDates(), &live{now: testNow, late: time.Hour}
	log.pass(time.Minute)
	step := func() lag.Age {
		age := log.scrape(d, log.now, log.end-100)[0]
		log.pass(d.Interval)
		return age
	}
	for range 4 {
		step()
		log.search(d, false)
	}
	assert.InDelta(t, (time.Hour + 10*time.Second).Seconds(), step().Seconds(), 1)
	log.late = time.Minute // the mirror catches up, and nobody answers
	step()
	step()
	step()
	for range 5 {
		assert.Equal(t, lag.Age{}, step())
	}
}

// A group that has stopped among them is dated by its record, and then left alone.
func TestEstimatorOfAGroupThatStandsAmongReplayedRecords(t *testing.T) {
	d, log := newDates(), &live{now: testNow, late: 365 * 24 * time.Hour}
	var commit cluster.Offset
	for i := range 40 {
		for range 30 {
			log.pass(time.Second)
			log.late -= 2 * time.Minute
		}
		if i < 10 {
			commit = log.end - 100
		}
		log.asked = 0
		age := log.scrape(d, log.now, commit)[0]
		log.search(d, false)
		if i > 11 { // two intervals after it stopped
			assert.InDelta(t, log.now.Sub(time.UnixMilli(int64(log.date(commit)))).Seconds(), age.Seconds(), 1)
			assert.Zero(t, log.asked)
		}
	}
}

func TestEstimatorOfReplayedRecords(t *testing.T) {
	const year = 365 * 24 * time.Hour
	d, log := newDates(), &live{now: testNow, late: year}
	log.pass(time.Minute)
	for i := range 5 {
		commit := log.end - 200
		if age := log.scrape(d, log.now, commit)[0]; i >= 3 {
			assert.InDelta(t, (year + 20*time.Second).Seconds(), age.Seconds(), 30, "as late as the records before it")
		}
		log.search(d, false)
		age := log.scrape(d, log.now, commit)[0]
		require.True(t, age.Known)
		assert.InDelta(t, (year + 20*time.Second).Seconds(), age.Seconds(), 1, "arrival is not what counts")
		log.pass(30 * time.Second)
	}
	again := newDates()
	log.scrape(again, log.now, log.end-200)
	log.search(again, false)
	assert.InDelta(t, (year + 20*time.Second).Seconds(), log.scrape(again, log.now, log.end-200)[0].Seconds(), 1)
}

func TestEstimatorWithoutLookups(t *testing.T) {
	d, log := &Estimator{Keep: time.Hour, Interval: 30 * time.Second, DisableLookups: true}, &live{now: testNow}
	log.pass(time.Minute)
	commit := log.end - 10
	assert.False(t, log.scrape(d, log.now, commit)[0].Known, "it came before the history")
	log.pass(30 * time.Second)
	assert.False(t, log.scrape(d, log.now, commit)[0].Known)
	assert.InDelta(t, 20, log.scrape(d, log.now, log.end-200)[0].Seconds(), 0.2)
}

func TestEstimatorAskNothingTwice(t *testing.T) {
	log := dense(spread(1000, func(i int) float64 { return float64(i*i) / 1e6 })...)
	d := newDates()
	for range 3 {
		log.scrape(d, testNow, log.end, log.end)
		log.search(d, false)
	}
	assert.Zero(t, log.asked, "nobody lags")
	log.scrape(d, testNow, 100, 100, log.end, 700)
	log.search(d, false)
	log.asked = 0
	for i := range 3 {
		now := testNow.Add(time.Duration(i) * time.Minute)
		for _, age := range log.scrape(d, now, 100, 100, log.end, 700) {
			assert.True(t, age.Known)
		}
		log.search(d, false)
	}
	assert.Zero(t, log.asked, "stuck groups are dated already")

	log.scrape(d, testNow, 105, 100, log.end, 702)
	assert.LessOrEqual(t, log.search(d, false), 6, "what is known nearby makes it few")
}

func TestEstimatorOfManyGroupsShareRounds(t *testing.T) {
	log := dense(spread(3000, func(i int) float64 { return float64(i*i) / 9e6 })...)
	alone := 0
	commits := []cluster.Offset{100, 500, 600, 610, 1500, 2900}
	for _, c := range commits {
		d := newDates()
		log.scrape(d, testNow, c)
		alone += log.search(d, false)
	}
	d := newDates()
	log.scrape(d, testNow, commits...)
	assert.Less(t, log.search(d, false), alone*3/4)
}

func TestEstimatorForgetAnotherLog(t *testing.T) {
	old := dense(spread(100, func(i int) float64 { return float64(i) / 200 })...)
	for name, next := range map[string]func(*testLog, *cluster.Snapshot){
		"an end that went back": func(l *testLog, _ *cluster.Snapshot) { l.end = 50 },
		"another topic id":      func(_ *testLog, s *cluster.Snapshot) { s.Topics["t"].ID[0]++ },
	} {
		t.Run(name, func(t *testing.T) {
			log, d := *old, newDates()
			log.scrape(d, testNow, 10)
			log.search(d, false)
			require.True(t, log.scrape(d, testNow, 10)[0].Known)
			shell := log.snapshot(10)
			next(&log, shell)
			s := log.snapshot(10)
			s.Topics["t"].ID = shell.Topics["t"].ID
			r := lag.Compute(s)
			assert.Equal(t, 1, d.Estimate(testNow, s, r))
		})
	}
	t.Run("while a look-up is under way", func(t *testing.T) {
		log, d := *old, newDates()
		log.scrape(d, testNow, 10)
		lookups, _ := d.Plan(1)
		require.Len(t, lookups, 1)
		s := log.snapshot(10)
		s.Topics["t"].ID[0]++
		d.Estimate(testNow, s, lag.Compute(s))
		d.Learn([]cluster.Answer{{Lookup: lookups[0], Offset: 10, Time: 5}})
		assert.Equal(t, 1, d.Estimate(testNow, s, lag.Compute(s)), "the answer is about the old log")
		d.Learn([]cluster.Answer{{Lookup: cluster.Lookup{Topic: "never heard of"}}})
	})
}

func TestEstimatorAreAbsentNotWrong(t *testing.T) {
	log := dense(spread(100, func(i int) float64 { return float64(i) / 200 })...)
	s := log.snapshot(10)
	s.Topics["t"].Partitions[0].End = cluster.Unknown
	r := lag.Compute(s)
	d := newDates()
	assert.Equal(t, 1, d.Estimate(testNow, s, r))
	assert.Equal(t, lag.Age{}, r.Groups[0].Topics[0].AgeMax)
	lookups, _ := d.Plan(10)
	assert.Empty(t, lookups, "without a lag there is nothing to date")

	s = log.snapshot(10)
	s.Topics["t"].Partitions[0].Leader = cluster.NoBroker
	d = newDates()
	d.Estimate(testNow, s, lag.Compute(s))
	lookups, _ = d.Plan(10)
	assert.Empty(t, lookups, "nobody to ask")
}

func TestEstimatorBacksOffWhatFails(t *testing.T) {
	log := dense(spread(100, func(i int) float64 { return float64(i) / 200 })...)
	d := newDates()
	log.scrape(d, testNow, 10)
	lookups, _ := d.Plan(10)
	require.Len(t, lookups, 1)
	again, _ := d.Plan(10)
	assert.Empty(t, again, "one at a time")
	d.Learn([]cluster.Answer{{Lookup: lookups[0], Err: errors.New("no leader")}})
	again, _ = d.Plan(10)
	assert.Empty(t, again, "until the next scrape")
	log.scrape(d, testNow, 10)
	again, _ = d.Plan(10)
	assert.Len(t, again, 1)
}

func TestEstimatorNeverAskForEver(t *testing.T) {
	p := &partitionDates{end: 1000, index: index{{from: 0, at: 0, offset: 0}, {from: 1e9, at: 1e9, offset: 1000}}}
	d := &Estimator{now: 2e9, scrape: 7}
	for range 50 {
		if _, ok := p.ask(500, d); !ok {
			assert.EqualValues(t, 8, p.skipUntil)
			assert.Empty(t, p.index, "it begins anew with the next scrape")
			return
		}
		p.asked = false // by an answer that has moved neither bound: the log has changed
	}
	t.Fatal("50 look-ups")
}

func TestPlanTakesTheLargestLagFirst(t *testing.T) {
	d := newDates()
	s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{}, Groups: map[string]*cluster.Group{}}
	g := &cluster.Group{Name: "g", CommitsKnown: true}
	s.Groups["g"] = g
	for i, end := range []cluster.Offset{10, 1000, 100} {
		name := fmt.Sprint("t", i)
		s.Topics[name] = &cluster.Topic{Name: name, Partitions: []cluster.Partition{{Leader: int32(i), End: end}}}
		g.Commits = append(g.Commits, cluster.TopicCommits{Topic: name, Partitions: []cluster.Commit{{Offset: 1}}})
	}
	assert.Equal(t, 3, d.Estimate(testNow, s, lag.Compute(s)))
	first, _ := d.Plan(2)
	require.Len(t, first, 2)
	assert.Equal(t, []string{"t1", "t2"}, []string{first[0].Topic, first[1].Topic})
	assert.Equal(t, int32(1), first[0].Leader)
	second, _ := d.Plan(2)
	require.Len(t, second, 1)
	assert.Equal(t, "t0", second[0].Topic)
}

func TestEstimatorKeepWhatAGroupUsedThroughAFailedScrape(t *testing.T) {
	log := dense(spread(100, func(i int) float64 { return float64(i) / 200 })...)
	d := newDates()
	log.scrape(d, testNow, 10)
	log.search(d, false)
	log.scrape(d, testNow)
	assert.True(t, log.scrape(d, testNow, 10)[0].Known)
	for range int(d.Keep/d.Interval) + 1 {
		log.scrape(d, testNow)
	}
	assert.Empty(t, d.topics["t"].partitions, "until nobody has used it for long")
}

// A history may be longer than the scrapes that an int32 can count.
func TestEstimatorKeepForAnyHistory(t *testing.T) {
	log := dense(spread(100, func(i int) float64 { return float64(i) / 200 })...)
	d := &Estimator{Keep: 100 * 365 * 24 * time.Hour, Interval: time.Second}
	log.scrape(d, testNow, 10)
	for range cluster.GoneAfter + 1 {
		log.scrape(d, testNow)
	}
	assert.NotEmpty(t, d.topics["t"].partitions)
}

// dating computes and dates 100,000 commits of 500 groups in 10,000 partitions.
// Half of the groups have read all, the others stand where a search has found
// them.
func dating() (scrape func() int) {
	s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{}, Groups: map[string]*cluster.Group{}}
	for n := range 1000 {
		topic := &cluster.Topic{Name: fmt.Sprintf("topic-%03d", n)}
		for p := range int32(10) {
			topic.Partitions = append(topic.Partitions, cluster.Partition{ID: p, Leader: 1, End: 1000})
		}
		s.Topics[topic.Name] = topic
	}
	for n := range 500 {
		g := &cluster.Group{Name: fmt.Sprintf("group-%03d", n), CommitsKnown: true}
		for i := range 20 {
			commits := cluster.TopicCommits{Topic: fmt.Sprintf("topic-%03d", (n*20+i)%1000)}
			for p := range int32(10) {
				commits.Partitions = append(commits.Partitions, cluster.Commit{Partition: p, Offset: cluster.Offset(100 + 1800*(n%2))})
			}
			g.Commits = append(g.Commits, commits)
		}
		s.Groups[g.Name] = g
	}
	log := dense(spread(4000, func(i int) float64 { return float64(i) / 4000 })...)
	d, now := newDates(), testNow
	scrape = func() int {
		for _, topic := range s.Topics {
			for p := range topic.Partitions {
				topic.Partitions[p].End++
			}
		}
		now = now.Add(30 * time.Second)
		return d.Estimate(now, s, lag.Compute(s))
	}
	for scrape() > 0 {
		for {
			lookups, _ := d.Plan(1_000_000)
			if len(lookups) == 0 {
				break
			}
			answers := make([]cluster.Answer, len(lookups))
			for i, l := range lookups {
				answers[i] = log.lookup(l)
			}
			d.Learn(answers)
		}
	}
	return scrape
}

func BenchmarkDate(b *testing.B) {
	scrape := dating()
	b.ReportAllocs()
	for b.Loop() {
		scrape()
	}
}

// BenchmarkSearchForManyGroups dates 5,000 groups that stand in one partition.
func BenchmarkSearchForManyGroups(b *testing.B) {
	log := dense(spread(20_000, func(i int) float64 { return float64(i*i) / 4e8 })...)
	s := log.snapshot()
	for n := range 5000 {
		name := fmt.Sprint("g", n)
		s.Groups[name] = &cluster.Group{Name: name, CommitsKnown: true, Commits: []cluster.TopicCommits{
			{Topic: "t", Partitions: []cluster.Commit{{Offset: cluster.Offset(4*n + 1)}}},
		}}
	}
	r := lag.Compute(s)
	for b.Loop() {
		d := newDates()
		d.Estimate(testNow, s, r)
		log.answer(d)
		if d.Estimate(testNow, s, r) > 0 {
			b.Fatal("not dated")
		}
	}
}

// Dating allocates next to nothing of its own: the rest is what is computed.
func TestAllocationsOfDating(t *testing.T) {
	scrape := dating()
	assert.Less(t, testing.AllocsPerRun(5, func() { scrape() })/100_000, 0.16)
}

// A straight line through an hour without a scrape says nothing about the
// records that came in it.
func TestEstimatorAfterAGapInObservation(t *testing.T) {
	d := &Estimator{Keep: 2 * time.Hour, Interval: 30 * time.Second, DisableLookups: true}
	l := &testLog{}
	at := testNow
	look := func(end cluster.Offset) lag.Age {
		l.end = end
		return l.scrape(d, at, 150)[0]
	}
	look(100)
	at = at.Add(30 * time.Second)
	look(100)
	at = at.Add(time.Hour) // then a burst, just before the next scrape
	assert.False(t, look(200).Known)
	at = at.Add(30 * time.Second)
	assert.False(t, look(200).Known)
}
