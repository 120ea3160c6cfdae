// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/history"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

const (
	window   = 10
	interval = 10 * time.Second
)

var start = time.Unix(1_700_000_000, 0)

// seen is what scrapes saw of a partition, one each.
type seen []struct{ committed, end cluster.Offset }

// unknown is a scrape that did not learn the end.
const unknown = cluster.Unknown

// progressOf shows scrapes, an interval apart, of a topic with those partitions, and
// returns what follows from the last.
func progressOf(partitions ...seen) lag.Progress {
	h := &history.History{Window: window}
	s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": {Name: "t"}}}
	var got lag.Progress
	for scrape := range partitions[0] {
		topic := lag.Topic{Name: "t"}
		for id, p := range partitions {
			now, behind := p[scrape], unknown
			if now.end != unknown {
				behind = now.end - now.committed
			}
			topic.Partitions = append(topic.Partitions, lag.Partition{ID: int32(id), Committed: now.committed, Lag: behind})
		}
		r := &lag.Report{Groups: []lag.Group{{Name: "g", Topics: []lag.Topic{topic}}}}
		h.Observe(start.Add(time.Duration(scrape)*interval), s, r)
		Estimate(h, r)
		got = r.Groups[0].Topics[0].Progress
	}
	return got
}

func seconds(n float64) lag.Age {
	return lag.Age{Duration: time.Duration(n * float64(time.Second)), Known: true}
}

func TestProgress(t *testing.T) {
	none := lag.Age{}
	perSecond := func(n float64) lag.Rate { return lag.Rate{PerSecond: n, Known: true} }
	catchesUp := seen{{0, 1000}, {100, 1050}, {200, 1100}, {300, 1150}} // 850 are left, 5 fewer each second
	for name, tt := range map[string]struct {
		partitions []seen
		want       lag.Progress
	}{
		"catches up": {[]seen{catchesUp}, lag.Progress{CommitAge: seconds(0), CatchUp: seconds(170), ConsumeRate: perSecond(10)}},
		"the slowest counts": {
			[]seen{catchesUp, {{0, 100}, {10, 100}, {20, 100}, {30, 100}}, {{10, 100}, {40, 100}, {70, 100}, {100, 100}}},
			lag.Progress{CommitAge: seconds(0), CatchUp: seconds(170), ConsumeRate: perSecond(14)},
		},
		"one does not catch up": {
			[]seen{catchesUp, {{0, 10}, {10, 20}, {19, 30}, {29, 40}}},
			lag.Progress{CommitAge: seconds(0), CatchUp: none, ConsumeRate: perSecond(11)},
		},
		"has read all":          {[]seen{{{0, 1000}, {500, 1000}, {1000, 1000}}}, lag.Progress{CommitAge: seconds(0), CatchUp: seconds(0), ConsumeRate: perSecond(50)}},
		"idle":                  {[]seen{{{7, 7}, {7, 7}, {7, 7}}}, lag.Progress{CommitAge: seconds(0), CatchUp: seconds(0), ConsumeRate: perSecond(0)}},
		"as fast as is written": {[]seen{{{0, 50}, {100, 150}, {200, 250}}}, lag.Progress{CommitAge: seconds(0), CatchUp: none, ConsumeRate: perSecond(10)}},
		"falls behind":          {[]seen{{{0, 50}, {100, 250}, {200, 450}}}, lag.Progress{CommitAge: seconds(0), CatchUp: none, ConsumeRate: perSecond(10)}},
		"stands still":          {[]seen{{{5, 50}, {5, 50}, {5, 50}}}, lag.Progress{CommitAge: seconds(20), CatchUp: none, ConsumeRate: perSecond(0)}},
		"one partition stands still": {
			[]seen{catchesUp, {{5, 50}, {5, 50}, {5, 50}, {5, 50}}},
			lag.Progress{CommitAge: seconds(30), CatchUp: none, ConsumeRate: perSecond(10)},
		},
		"one that stands still has read all": {
			[]seen{catchesUp, {{5, 5}, {5, 5}, {5, 5}, {5, 5}}},
			lag.Progress{CommitAge: seconds(0), CatchUp: seconds(170), ConsumeRate: perSecond(10)},
		},
		"one lag is not known": {[]seen{catchesUp, {{1, 9}, {2, 9}, {3, 9}, {4, unknown}}}, lag.Progress{}},
		"seen once":            {[]seen{{{0, 1000}}}, lag.Progress{CommitAge: seconds(0)}},
		"seen twice":           {[]seen{{{0, 1000}, {100, 1000}}}, lag.Progress{CommitAge: seconds(0), ConsumeRate: perSecond(10)}},
		"a partition is new":   {[]seen{catchesUp, {{0, unknown}, {0, unknown}, {0, unknown}, {4, 9}}}, lag.Progress{CommitAge: seconds(0)}},
		"went back":            {[]seen{{{900, 1000}, {950, 1000}, {100, 1000}}}, lag.Progress{CommitAge: seconds(0)}},
		"the interval after it went back": {
			[]seen{{{900, 1000}, {100, 1000}, {200, 1000}}},
			lag.Progress{CommitAge: seconds(0), ConsumeRate: perSecond(10)},
		},
		"a trend since it went back": {
			[]seen{{{900, 1000}, {100, 1000}, {200, 1000}, {300, 1000}}},
			lag.Progress{CommitAge: seconds(0), CatchUp: seconds(70), ConsumeRate: perSecond(10)},
		},
		"a trend since the end went back": {
			[]seen{{{0, 9000}, {100, 1000}, {200, 1000}, {300, 1000}}},
			lag.Progress{CommitAge: seconds(0), CatchUp: seconds(70), ConsumeRate: perSecond(10)},
		},
		"a burst of records": {
			[]seen{{{0, 100}, {10, 100}, {20, 1000}, {30, 1000}, {40, 1000}}},
			lag.Progress{CommitAge: seconds(0), CatchUp: seconds(960), ConsumeRate: perSecond(1)},
		},
		"skips ahead": {
			[]seen{{{0, 1000}, {10, 1000}, {600, 1000}, {610, 1000}, {620, 1000}}},
			lag.Progress{CommitAge: seconds(0), CatchUp: seconds(380), ConsumeRate: perSecond(1)},
		},
		"takes years": {[]seen{{{0, 1 << 60}, {1, 1 << 60}, {2, 1 << 60}}}, lag.Progress{CommitAge: seconds(0), ConsumeRate: perSecond(0.1)}},
	} {
		t.Run(name, func(t *testing.T) {
			got := progressOf(tt.partitions...)
			assert.Equal(t, tt.want.CommitAge, got.CommitAge, "commit age")
			assert.Equal(t, tt.want.ConsumeRate, got.ConsumeRate, "consume rate")
			assert.Equal(t, tt.want.CatchUp.Known, got.CatchUp.Known, "catch-up time")
			assert.InDelta(t, tt.want.CatchUp.Seconds(), got.CatchUp.Seconds(), 1e-6, "catch-up time")
		})
	}
}

func TestStalledAndDrain(t *testing.T) {
	none := lag.Age{}
	slow := seen{{0, 100}, {10, 200}, {20, 300}, {30, 400}} // reads 1 a second, 370 are left
	for name, tt := range map[string]struct {
		partitions     []seen
		stalled, drain lag.Age
	}{
		"reads":                            {[]seen{slow}, seconds(0), seconds(370)},
		"has read all":                     {[]seen{{{0, 90}, {90, 90}, {90, 90}}}, seconds(0), seconds(0)},
		"the end of a transaction is left": {[]seen{{{9, 9}, {9, 10}, {9, 10}, {9, 10}}}, seconds(0), seconds(0)},
		"reads nothing": {
			[]seen{{{5, 5}, {5, 7}, {5, 9}, {5, 15}}}, seconds(20), seconds(10 * 30), // one record in three intervals at most
		},
		"the worst partition counts": {[]seen{slow, {{5, 5}, {5, 7}, {5, 7}, {5, 7}}}, seconds(20), seconds(370)},
		"seen twice":                 {[]seen{{{0, 100}, {10, 200}}}, seconds(0), none},
		"went back":                  {[]seen{{{90, 100}, {95, 100}, {10, 100}}}, seconds(0), none},
		"one lag is not known":       {[]seen{slow, {{1, 9}, {1, 9}, {1, 9}, {1, unknown}}}, none, none},
		"takes years":                {[]seen{{{0, 1 << 60}, {0, 1 << 60}, {0, 1 << 60}}}, seconds(0), lag.Age{Duration: never, Known: true}},
	} {
		t.Run(name, func(t *testing.T) {
			got := progressOf(tt.partitions...)
			assert.Equal(t, tt.stalled, got.Stalled, "stalled")
			assert.Equal(t, tt.drain.Known, got.Drain.Known, "drain time")
			assert.InDelta(t, tt.drain.Seconds(), got.Drain.Seconds(), 1e-6, "drain time")
		})
	}
}

// A group at rest is read from what is counted of it: it is as if its samples were read.
func TestAtRest(t *testing.T) {
	for _, behind := range []cluster.Offset{0, 1, 2, 500} {
		h := &history.History{Window: window}
		s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": {Name: "t"}}}
		for scrape := range window + 3 {
			r := &lag.Report{Groups: []lag.Group{{Name: "g", Topics: []lag.Topic{
				{Name: "t", Partitions: []lag.Partition{{Committed: 5, Lag: behind}}},
			}}}}
			h.Observe(start.Add(time.Duration(scrape)*interval), s, r)
			Estimate(h, r)
			seen := h.Samples(h.Of("g", "t").Partition(0), window, nil)
			got := r.Groups[0].Topics[0].Progress
			assert.Equal(t, consumeRate(seen), got.ConsumeRate, "scrape %d, lag %d: consume rate", scrape, behind)
			assert.Equal(t, drain(seen), got.Drain, "scrape %d, lag %d: drain time", scrape, behind)
			assert.Equal(t, behind == 0, got.CatchUp.Known, "scrape %d, lag %d: catch-up time", scrape, behind)
		}
	}
}

// A clock that stands still gives no rate.
func TestNoTimePasses(t *testing.T) {
	s := []history.Sample{{Commit: 1, Lag: 9}, {Commit: 2, Lag: 8}, {Commit: 3, Lag: 7}}
	assert.Equal(t, lag.Rate{}, consumeRate(s))
	assert.Equal(t, lag.Age{}, catchUp(s))
}

// BenchmarkCatchUp fits a full window of 100,000 group-partitions.
func BenchmarkCatchUp(b *testing.B) {
	var s []history.Sample
	for i := range window {
		s = append(s, history.Sample{At: time.Duration(i) * interval, Commit: cluster.Offset(100 * i), Lag: cluster.Offset(5000 - 60*i)})
	}
	b.ReportAllocs()
	for b.Loop() {
		for range 100_000 {
			if !catchUp(s).Known {
				b.Fatal("it does not catch up")
			}
		}
	}
}
