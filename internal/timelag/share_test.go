// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// shared is a share group that is at start, with so much lag, in the topic t.
func shared(s *cluster.Snapshot, start, counted cluster.Offset) *lag.Report {
	s.Groups = map[string]*cluster.Group{"workers": {
		Name: "workers", Type: cluster.TypeShare, CommitsKnown: true,
		Commits: []cluster.TopicCommits{{Topic: "t", Partitions: []cluster.Commit{{Offset: start}}, Lags: []cluster.Offset{counted}}},
	}}
	return lag.Compute(s)
}

// Coordinators count the lag of share groups, to ends of their own: what they count
// beyond the end that is known here is looked up, and is not 0 s old until then.
func TestEstimatorOfShareGroupsAtAnotherEnd(t *testing.T) {
	log := dense(spread(100, func(i int) float64 { return float64(i) / 200 })...)
	for name, tt := range map[string]struct {
		end            cluster.Offset
		start, counted cluster.Offset
		completed      bool
	}{
		"all is completed":                     {end: 100, start: 100, counted: 0, completed: true},
		"an open transaction is read, too":     {end: 60, start: 80, counted: 20},
		"and it begins where the group stands": {end: 60, start: 60, counted: 40},
		"the end is not known":                 {end: cluster.Unknown, start: 10, counted: 90},
		"but all is completed":                 {end: cluster.Unknown, start: 100, counted: 0, completed: true},
	} {
		t.Run(name, func(t *testing.T) {
			d, s := newDates(), log.snapshot()
			s.Topics["t"].Partitions[0].End = tt.end
			r := shared(s, tt.start, tt.counted)
			d.Estimate(testNow, s, r)
			assert.Equal(t, lag.Age{Known: tt.completed}, r.Share[0].Topics[0].Partitions[0].Age)
			assert.Equal(t, lag.Age{Known: tt.completed}, r.Share[0].Topics[0].AgeMax)
			log.search(d, false)
			d.Estimate(testNow, s, r)
			want := lag.Age{Known: true}
			if !tt.completed {
				want = d.since(log.date(tt.start))
			}
			assert.True(t, r.Share[0].Topics[0].AgeMax.Known)
			assert.InDelta(t, want.Seconds(), r.Share[0].Topics[0].AgeMax.Seconds(), 1)
		})
	}
}

// While ends are not known, share groups have a lag all the same: what is remembered
// of it does not grow.
func TestEstimatorOfShareGroupsWithoutEnds(t *testing.T) {
	log := dense(spread(100, func(i int) float64 { return float64(i) / 200 })...)
	d, s := newDates(), log.snapshot()
	d.Estimate(testNow, s, shared(s, 10, 90))
	log.search(d, false)
	for range 20 {
		s := log.snapshot()
		s.Topics["t"].Partitions[0].End = cluster.Unknown
		d.Estimate(testNow, s, shared(s, 10, 90))
	}
	known := d.topics["t"].partitions[0]
	require.Len(t, known.commits, 1)
	r := shared(s, 10, 90)
	d.Estimate(testNow, s, r)
	assert.True(t, r.Share[0].Topics[0].AgeMax.Known)
}
