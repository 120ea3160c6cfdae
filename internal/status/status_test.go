// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/history"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

func sample(commit, lags cluster.Offset) history.Sample {
	return history.Sample{Commit: commit, Lag: lags}
}

// series makes samples of one offset a scrape.
func series(commits, lags []cluster.Offset) samples {
	s := make(samples, len(commits))
	for i := range commits {
		s[i] = sample(commits[i], lags[i])
	}
	return s
}

// window is the default.
const window = 10

func same(o cluster.Offset) []cluster.Offset { return steadily(o, 0) }

// steadily makes a window of offsets that grow by each.
func steadily(first, each cluster.Offset) []cluster.Offset {
	offsets := make([]cluster.Offset, window)
	for i := range offsets {
		offsets[i] = first + each*cluster.Offset(i)
	}
	return offsets
}

func with(offsets []cluster.Offset, at int, o cluster.Offset) []cluster.Offset {
	offsets[at] = o
	return offsets
}

// TestStatusRules states for each series which of the rules hold, in their
// order, and what the verdict is.
func TestStatusRules(t *testing.T) {
	const last = window - 1
	for name, tt := range map[string]struct {
		samples samples
		hold    [6]bool
		want    lag.Status
	}{
		"keeps up":                      {series(steadily(100, 10), same(0)), [6]bool{true, false, false, true, false, false}, lag.StatusOK},
		"idle, nothing to read":         {series(same(100), same(0)), [6]bool{true, false, false, true, true, false}, lag.StatusOK},
		"a lag that comes and goes":     {series(steadily(100, 10), []cluster.Offset{5, 2, 9, 3, 7, 2, 8, 1, 6, 7}), [6]bool{}, lag.StatusOK},
		"the same lag all the time":     {series(steadily(100, 10), same(5)), [6]bool{}, lag.StatusOK},
		"catches up":                    {series(steadily(100, 10), steadily(500, -10)), [6]bool{}, lag.StatusOK},
		"caught up some scrapes ago":    {series(steadily(100, 10), with(steadily(50, 10), 3, 0)), [6]bool{3: true}, lag.StatusOK},
		"falls behind":                  {series(steadily(100, 10), steadily(50, 10)), [6]bool{5: true}, lag.StatusWarn},
		"falls behind, with a pause":    {series(steadily(100, 10), with(steadily(50, 10), 4, 80)), [6]bool{5: true}, lag.StatusWarn},
		"falls behind, then a bit less": {series(steadily(100, 10), with(steadily(50, 10), last, 130-1)), [6]bool{}, lag.StatusOK},
		"stands still, lag grows":       {series(same(100), steadily(50, 10)), [6]bool{4: true, 5: true}, lag.StatusStall},
		"stands still, lag stays":       {series(same(100), same(50)), [6]bool{4: true}, lag.StatusStall},
		"stopped just now":              {series(same(100), steadily(0, 10)), [6]bool{3: true, 4: true, 5: true}, lag.StatusOK},
		"moved at last":                 {series(with(same(100), last, 101), steadily(50, 10)), [6]bool{5: true}, lag.StatusWarn},
		"went back":                     {series(with(steadily(100, 10), last, 20), steadily(50, 10)), [6]bool{1: true, 5: true}, lag.StatusRewind},
		"went back some scrapes ago":    {series(with(steadily(100, 10), 2, 90), steadily(50, 10)), [6]bool{1: true, 5: true}, lag.StatusRewind},
		"went back and has read all":    {series(with(steadily(100, 10), 2, 90), with(steadily(50, 10), last, 0)), [6]bool{0: true, 1: true, 3: true}, lag.StatusOK},
		"new, stands still":             {series(same(100)[:last], same(50)[:last]), [6]bool{2: true, 4: true}, lag.StatusOK},
		"new, falls behind":             {series(steadily(100, 10)[:last], steadily(50, 10)[:last]), [6]bool{2: true, 5: true}, lag.StatusOK},
		"new, went back":                {series([]cluster.Offset{100, 90}, []cluster.Offset{5, 15}), [6]bool{1: true, 2: true, 5: true}, lag.StatusRewind},
		"seen once":                     {series([]cluster.Offset{100}, []cluster.Offset{5}), [6]bool{2: true, 4: true}, lag.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			for i, rule := range rules {
				assert.Equal(t, tt.hold[i], rule.holds(tt.samples, window), "rule %d", i+1)
			}
			assert.Equal(t, tt.want, tt.samples.status(window))
		})
	}
}

// evaluate shows h one scrape of group g, which has a partition of topic t for
// each sample.
func evaluate(h *history.History, id byte, partitions ...history.Sample) lag.Group {
	s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": {Name: "t", ID: cluster.TopicID{id}}}}
	g := lag.Group{Name: "g", Topics: []lag.Topic{{Name: "t"}}}
	for i, p := range partitions {
		g.Topics[0].Partitions = append(g.Topics[0].Partitions, lag.Partition{ID: int32(i), Committed: p.Commit, Lag: p.Lag})
	}
	r := &lag.Report{Groups: []lag.Group{g}}
	h.Observe(time.Time{}, s, r)
	Evaluate(h, r)
	return r.Groups[0]
}

func TestEvaluateTakesTheWorstPartition(t *testing.T) {
	h := history.History{Window: window}
	for i := range cluster.Offset(window + 3) {
		g := evaluate(&h, 1, sample(100+i, 0), sample(100, 50), sample(100+i, 50+i))
		if i < window-1 {
			assert.Equal(t, lag.StatusOK, g.Status, "scrape %d", i)
			continue
		}
		assert.Equal(t, lag.StatusStall, g.Status)
		var each []lag.Status
		for _, p := range g.Topics[0].Partitions {
			each = append(each, p.Status)
		}
		assert.Equal(t, []lag.Status{lag.StatusOK, lag.StatusStall, lag.StatusWarn}, each)
	}
	g := evaluate(&h, 1, sample(200, 0), sample(100, cluster.Unknown), sample(200, 90))
	assert.Equal(t, lag.StatusUnknown, g.Status, "one is not known")
	assert.Equal(t, lag.StatusWarn, g.Topics[0].Partitions[2].Status)
	g = evaluate(&h, 1, sample(200, 0), sample(100, 50), sample(200, 90))
	assert.Equal(t, lag.StatusStall, g.Status, "the trend goes on")
	g = evaluate(&h, 2, sample(0, 0), sample(0, 5), sample(0, 5))
	assert.Equal(t, lag.StatusOK, g.Status, "a topic created anew does not rewind")
}

func TestEvaluateWithAShorterWindow(t *testing.T) {
	h := history.History{Window: 3}
	for i, want := range []lag.Status{lag.StatusOK, lag.StatusOK, lag.StatusStall, lag.StatusStall} {
		assert.Equal(t, want, evaluate(&h, 1, sample(100, 50)).Status, "scrape %d", i)
	}
}
