// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// TestBudgetDatesStuckPartitions holds what docs/time-lag.md says of the default
// budget, at a tenth of the size: within how many intervals it dates partitions
// in which a group has stopped somewhere in a week of records.
func TestBudgetDatesStuckPartitions(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			const partitions, logs, budget, rounds = 1000, 20, 750, 10
			r := rand.New(rand.NewPCG(3, 4))
			kinds := make([]*testLog, logs)
			for i := range kinds {
				kinds[i] = ordered(shape(r, 3000))
			}
			s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{}, Groups: map[string]*cluster.Group{}}
			topic := &cluster.Topic{Name: "t", Partitions: make([]cluster.Partition, partitions)}
			commits := cluster.TopicCommits{Topic: "t", Partitions: make([]cluster.Commit, partitions)}
			for p := range int32(partitions) {
				topic.Partitions[p] = cluster.Partition{ID: p, Leader: 1, End: kinds[p%logs].end}
				commits.Partitions[p] = cluster.Commit{Partition: p, Offset: cluster.Offset(r.Int64N(3000))}
			}
			s.Topics["t"] = topic
			s.Groups["g"] = &cluster.Group{Name: "g", CommitsKnown: true, Commits: []cluster.TopicCommits{commits}}
			d, undated := newDates(), partitions
			intervals, now := 0, testNow
			for ; intervals < 60; intervals++ {
				if undated = d.Estimate(now, s, lag.Compute(s)); undated == 0 {
					break
				}
				for left := budget; left > 0; {
					lookups, topics := d.Plan(min(left, budget/rounds))
					if len(lookups)+len(topics) == 0 {
						break
					}
					d.Policies(topics, map[string]bool{"t": false})
					answers := make([]cluster.Answer, len(lookups))
					for i, q := range lookups {
						answers[i] = kinds[q.Partition%logs].find(q)
					}
					d.Learn(answers)
					left -= len(lookups)
				}
				now = now.Add(d.Interval)
			}
			t.Logf("%v", time.Duration(intervals)*d.Interval)
			assert.Zero(t, undated)
			assert.LessOrEqual(t, intervals, 20)
		})
	}
}
