// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// More groups than one batch has: each gets its own age, whoever dates it.
func TestAgesOfManyBatches(t *testing.T) {
	const groups = 200
	log := dense(spread(2*groups, func(i int) float64 { return float64(i) / (2 * groups) })...)
	s := log.snapshot()
	topics := []string{"t", "u", "v"}
	partitions := make([]cluster.Partition, batchPartitions/groups) // so that a batch does not end with a topic
	for i := range partitions {
		partitions[i] = cluster.Partition{ID: int32(i), Leader: 1, Start: log.start, End: log.end}
	}
	for _, name := range topics {
		s.Topics[name] = &cluster.Topic{Name: name, Partitions: partitions}
	}
	for n := range groups {
		g := &cluster.Group{Name: fmt.Sprintf("g%03d", n), CommitsKnown: true}
		for _, name := range topics {
			commits := make([]cluster.Commit, len(partitions))
			for i := range commits {
				commits[i] = cluster.Commit{Partition: int32(i), Offset: cluster.Offset(2*n + 1)}
			}
			g.Commits = append(g.Commits, cluster.TopicCommits{Topic: name, Partitions: commits})
		}
		s.Groups[g.Name] = g
	}
	d, r := newDates(), lag.Compute(s)
	all := groups * len(topics) * len(partitions)
	assert.Equal(t, all, d.Estimate(testNow, s, r), "nothing is known yet")
	assert.Greater(t, len(d.batches(slices.Collect(r.Dated()))), 2)
	lookups, unclear := d.Plan(1)
	assert.Equal(t, topics, unclear)
	require.Len(t, d.targets, all)
	assert.True(t, slices.IsSortedFunc(d.targets, func(a, b target) int { return cmp.Compare(b.lag, a.lag) }), "the largest lag comes first")
	d.Learn([]cluster.Answer{log.find(lookups[0])})
	log.answer(d)

	assert.Zero(t, d.Estimate(testNow, s, r))
	for n, g := range r.Groups {
		truth := cluster.NewTimestamp(testNow) - log.date(cluster.Offset(2*n+1))
		for _, topic := range g.Topics {
			for _, p := range topic.Partitions {
				require.InDelta(t, float64(truth)/1000, p.Age.Seconds(), 1, "%s %s/%d", g.Name, topic.Name, p.ID)
			}
		}
	}
}

func TestBatches(t *testing.T) {
	for name, tt := range map[string]struct{ partitions, want []int }{
		"none":                   {nil, nil},
		"one":                    {[]int{1}, []int{1}},
		"as many as fit":         {[]int{batchPartitions - 1, 1, 1}, []int{2, 1}},
		"one is larger":          {[]int{1, batchPartitions + 1, 1}, []int{1, 1, 1}},
		"a group without any":    {[]int{batchPartitions, 0, 1}, []int{2, 1}},
		"the first is too large": {[]int{2 * batchPartitions, 1}, []int{1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			d := &Estimator{inUse: make([]*topicDates, len(tt.partitions))}
			var dated []*lag.Topic
			for _, n := range tt.partitions {
				dated = append(dated, &lag.Topic{Partitions: make([]lag.Partition, n)})
			}
			var sizes []int
			for _, b := range d.batches(dated) {
				assert.Len(t, b.known, len(b.topics))
				sizes = append(sizes, len(b.topics))
			}
			assert.Equal(t, tt.want, sizes)
		})
	}
}
