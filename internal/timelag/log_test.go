// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// testNow is when the tests' scrapes happen.
var testNow = time.UnixMilli(1_700_000_000_000)

// record is one record of a log.
type record struct {
	offset cluster.Offset
	at     cluster.Timestamp
}

// testLog is a partition's log that answers look-ups as Kafka does.
type testLog struct {
	start, end cluster.Offset
	records    []record
	asked      int
}

// dense is a log with a record at every offset from 0.
func dense(times ...cluster.Timestamp) *testLog {
	l := &testLog{end: cluster.Offset(len(times))}
	for i, at := range times {
		l.records = append(l.records, record{cluster.Offset(i), at})
	}
	return l
}

// ordered is such a log as look-ups see it where its records are out of order:
// each has the largest timestamp so far.
func ordered(times []cluster.Timestamp) *testLog {
	for i := 1; i < len(times); i++ {
		times[i] = max(times[i], times[i-1])
	}
	return dense(times...)
}

// without drops records, as compaction does.
func (l *testLog) without(offsets ...cluster.Offset) *testLog {
	l.records = slices.DeleteFunc(l.records, func(r record) bool { return slices.Contains(offsets, r.offset) })
	return l
}

// from drops the records before start, as retention does.
func (l *testLog) from(start cluster.Offset) *testLog {
	l.start = start
	l.records = slices.DeleteFunc(l.records, func(r record) bool { return r.offset < start })
	return l
}

func (l *testLog) lookup(q cluster.Lookup) cluster.Answer {
	l.asked++
	for _, r := range l.records {
		if r.at >= q.At {
			return cluster.Answer{Lookup: q, Offset: r.offset, Time: r.at}
		}
	}
	return cluster.Answer{Lookup: q, Offset: cluster.None}
}

// date is the truth: the largest timestamp up to the first record that can be
// read from commit on, or undated.
func (l *testLog) date(commit cluster.Offset) cluster.Timestamp {
	most := undated
	for _, r := range l.records {
		most = max(most, r.at)
		if r.offset >= commit {
			break
		}
	}
	return most
}

// snapshot is a cluster with this log as its one partition, t/0.
func (l *testLog) snapshot(commits ...cluster.Offset) *cluster.Snapshot {
	s := &cluster.Snapshot{
		Topics: map[string]*cluster.Topic{"t": {Name: "t", Partitions: []cluster.Partition{
			{ID: 0, Leader: 1, Start: l.start, End: l.end},
		}}},
		Groups: map[string]*cluster.Group{},
	}
	for i, c := range commits {
		name := string(rune('a' + i))
		s.Groups[name] = &cluster.Group{Name: name, CommitsKnown: true, Commits: []cluster.TopicCommits{
			{Topic: "t", Partitions: []cluster.Commit{{Partition: 0, Offset: c}}},
		}}
	}
	return s
}

func newDates() *Estimator { return &Estimator{Keep: time.Hour, Interval: 30 * time.Second} }

// scrape dates the groups' commits at the time now; ages are in their order.
func (l *testLog) scrape(d *Estimator, now time.Time, commits ...cluster.Offset) []lag.Age {
	topics := l.scrapeTopics(d, now, commits...)
	ages := make([]lag.Age, len(topics))
	for i := range topics {
		ages[i] = topics[i].Partitions[0].Age
	}
	return ages
}

// scrapeTopics returns all that a scrape reports of the topic, by group.
func (l *testLog) scrapeTopics(d *Estimator, now time.Time, commits ...cluster.Offset) []lag.Topic {
	s := l.snapshot(commits...)
	r := lag.Compute(s)
	d.Estimate(now, s, r)
	topics := make([]lag.Topic, len(r.Groups))
	for i := range r.Groups {
		topics[i] = r.Groups[i].Topics[0]
	}
	return topics
}

// search answers d's look-ups until it has none, and returns how many rounds it
// took.
func (l *testLog) search(d *Estimator, compacted bool) (rounds int) {
	for {
		lookups, unclear := d.Plan(100)
		if len(lookups) == 0 && len(unclear) == 0 {
			return rounds
		}
		if len(unclear) > 0 {
			d.Policies(unclear, map[string]bool{"t": compacted})
		}
		if len(lookups) > 0 {
			rounds++
		}
		answers := make([]cluster.Answer, len(lookups))
		for i, q := range lookups {
			answers[i] = l.lookup(q)
		}
		d.Learn(answers)
	}
}

// shapes are ways in which records come, each a function that makes n
// timestamps within a week before testNow.
var shapes = map[string]func(r *rand.Rand, n int) []cluster.Timestamp{
	"steady": func(_ *rand.Rand, n int) []cluster.Timestamp {
		return spread(n, func(i int) float64 { return float64(i) / float64(n) })
	},
	"random": func(r *rand.Rand, n int) []cluster.Timestamp {
		times := spread(n, func(int) float64 { return r.Float64() })
		slices.Sort(times)
		return times
	},
	"bursts": func(r *rand.Rand, n int) []cluster.Timestamp {
		var at float64
		gaps := make([]float64, n)
		for i := range gaps {
			if r.IntN(100) == 0 {
				at += 1000
			}
			at += r.ExpFloat64()
			gaps[i] = at
		}
		return spread(n, func(i int) float64 { return gaps[i] / (at + 1) })
	},
	"irregular": func(r *rand.Rand, n int) []cluster.Timestamp {
		at, rate := 0.0, 1.0
		gaps := make([]float64, n)
		for i := range gaps {
			if r.IntN(200) == 0 {
				rate = 0.2 + 5*r.Float64()
			}
			at += r.ExpFloat64() * rate
			gaps[i] = at
		}
		return spread(n, func(i int) float64 { return gaps[i] / (at + 1) })
	},
	"heavy tail": func(r *rand.Rand, n int) []cluster.Timestamp {
		var at float64
		gaps := make([]float64, n)
		for i := range gaps {
			u := 1 - r.Float64()
			at += 1 / (u * u)
			gaps[i] = at
		}
		return spread(n, func(i int) float64 { return gaps[i] / (at + 1) })
	},
	"growing": func(_ *rand.Rand, n int) []cluster.Timestamp {
		return spread(n, func(i int) float64 { x := float64(i+1) / float64(n+1); return 1 - (1-x)*(1-x)*(1-x) })
	},
	"out of order": func(r *rand.Rand, n int) []cluster.Timestamp {
		return spread(n, func(i int) float64 { return min(max(float64(i)/float64(n)+r.NormFloat64()/20, 0), 1) })
	},
	"a few instants": func(r *rand.Rand, n int) []cluster.Timestamp {
		times := spread(n, func(int) float64 { return float64(r.IntN(20)) / 20 })
		slices.Sort(times)
		return times
	},
	"late start": func(_ *rand.Rand, n int) []cluster.Timestamp {
		return spread(n, func(i int) float64 {
			if i < 3 {
				return 0
			}
			return 0.99 + float64(i)/float64(n)/100
		})
	},
}

// spread makes n timestamps from positions in the week, 0 to 1.
func spread(n int, position func(i int) float64) []cluster.Timestamp {
	week := float64(7 * 24 * time.Hour.Milliseconds())
	times := make([]cluster.Timestamp, n)
	for i := range times {
		times[i] = cluster.NewTimestamp(testNow) - cluster.Timestamp(week*(1-position(i)))
	}
	return times
}
