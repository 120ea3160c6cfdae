// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package progress works out how groups move: since when they have committed nothing
// new, how fast they read, and when they will have read all. It uses the standard
// library only.
package progress

import (
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/history"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// Estimate fills in the progress of r's groups in each topic, by what h remembers:
// it has observed r.
func Estimate(h *history.History, r *lag.Report) {
	buffer := make([]history.Sample, 0, h.Window)
	for _, groups := range [...][]lag.Group{r.Groups, r.Share} {
		for i := range groups {
			g := &groups[i]
			for n := range g.Topics {
				estimate(&g.Topics[n], h, h.Of(g.Name, g.Topics[n].Name), buffer)
			}
		}
	}
}

// estimate fills in one topic. What is not known of one partition is not known of
// the topic.
func estimate(t *lag.Topic, h *history.History, past *history.Topic, buffer []history.Sample) {
	zero := lag.Age{Known: true}
	t.Progress = lag.Progress{CommitAge: zero, Stalled: zero, Drain: zero, CatchUp: zero, ConsumeRate: lag.Rate{Known: true}}
	for i := range t.Partitions {
		p := &t.Partitions[i]
		if !p.Lag.Known() {
			t.Progress = lag.Progress{}
			return
		}
		known := past.Partition(p.ID)
		if p.Lag == 0 {
			t.ConsumeRate = t.ConsumeRate.Plus(consumeRate(h.Samples(known, 2, buffer)))
			continue
		}
		t.CommitAge = t.CommitAge.Max(lag.Age{Duration: known.CommitAge(), Known: true})
		t.Stalled = t.Stalled.Max(lag.Age{Duration: known.Stalled(), Known: true})
		if samples, between := h.AtRest(known); samples > 0 { // most are, and need no samples
			t.ConsumeRate = t.ConsumeRate.Plus(lag.NewRate(0, between))
			t.Drain = t.Drain.Max(drainTime(p.Lag, 0, samples, between))
			t.CatchUp = lag.Age{}
			continue
		}
		s := h.Samples(known, h.Window, buffer)
		t.ConsumeRate = t.ConsumeRate.Plus(consumeRate(s))
		t.Drain = t.Drain.Max(drain(s))
		t.CatchUp = t.CatchUp.Max(catchUp(s))
	}
}

// consumeRate is how fast the committed offset moved between the last two scrapes.
// It is not known after it went back.
func consumeRate(s []history.Sample) lag.Rate {
	if len(s) < 2 {
		return lag.Rate{}
	}
	before, now := s[len(s)-2], s[len(s)-1]
	return lag.NewRate(now.Commit-before.Commit, now.At-before.At)
}

const (
	// fewest is how many samples show a trend: two would make one of any noise.
	fewest = 3
	// never is the catch-up time from which on a group counts as not catching up, and
	// the most that draining is said to take.
	never = 365 * 24 * time.Hour
)

// catchUp returns how long the group takes to read all, at the rates since the offsets
// last went back. It is unknown if the group does not gain on the end.
func catchUp(s []history.Sample) lag.Age {
	s = sinceReset(s)
	if len(s) < fewest || s[0].Commit == s[len(s)-1].Commit {
		return lag.Age{}
	}
	seconds := float64(s[len(s)-1].Lag) / gain(s)
	if seconds <= 0 || seconds >= never.Seconds() {
		return lag.Age{}
	}
	return lag.Age{Duration: time.Duration(seconds * float64(time.Second)), Known: true}
}

// drain returns how long the group takes to read what is unread now, at the rate at
// which it has read since the offsets last went back.
func drain(s []history.Sample) lag.Age {
	s = sinceReset(s)
	first, now := s[0], s[len(s)-1]
	return drainTime(now.Lag, now.Commit-first.Commit, len(s), now.At-first.At)
}

// drainTime returns how long unread records take where read ones took the time between
// the first and the last of so many samples. If nothing was read, it counts as one
// record: what is unread takes at least that long. A single record may be the end of a
// transaction, which nobody reads, and takes no time.
func drainTime(unread, read cluster.Offset, samples int, between time.Duration) lag.Age {
	switch {
	case unread <= 1:
		return lag.Age{Known: true}
	case samples < fewest:
		return lag.Age{}
	}
	seconds := float64(unread) / float64(max(read, 1)) * between.Seconds()
	return lag.Age{Duration: time.Duration(min(seconds, never.Seconds()) * float64(time.Second)), Known: true}
}

// sinceReset leaves out what was before an offset last went back: that is another
// position, or another log.
func sinceReset(s []history.Sample) []history.Sample {
	for i := len(s) - 1; i > 0; i-- {
		if s[i].Commit < s[i-1].Commit || s[i].End() < s[i-1].End() {
			return s[i:]
		}
	}
	return s
}
