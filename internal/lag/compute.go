// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"maps"
	"math"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Compute works out the lag of every group whose commits are known. It changes
// nothing in s.
func Compute(s *cluster.Snapshot) *Report {
	r := &Report{Groups: make([]Group, 0, len(s.Groups))}
	for _, name := range slices.Sorted(maps.Keys(s.Groups)) {
		switch g := s.Groups[name]; {
		case !g.CommitsKnown:
		case g.Type == cluster.TypeShare:
			r.Share = append(r.Share, r.shareGroup(s, g))
		default:
			r.Groups = append(r.Groups, r.group(s, g))
		}
	}
	sums, first := r.Anomalies.SumTooLarge, r.Anomalies.FirstSumsTooLarge
	for _, g := range s.ZooKeeper {
		r.ZooKeeper = append(r.ZooKeeper, r.group(s, g))
	}
	r.Anomalies.SumTooLarge, r.Anomalies.FirstSumsTooLarge = sums, first // no metric has the sums of these
	return r
}

// group works out one group.
func (r *Report) group(s *cluster.Snapshot, g *cluster.Group) Group {
	out := Group{Name: g.Name, Topics: make([]Topic, 0, len(g.Commits)), LagMax: cluster.None}
	for _, commits := range g.Commits {
		if !committed(commits.Partitions) {
			continue
		}
		topic := s.Topics[commits.Topic]
		if topic == nil {
			r.Anomalies.DeletedTopic++
			continue
		}
		t := r.topic(g.Name, topic, commits)
		if len(t.Partitions) == 0 {
			continue
		}
		for _, p := range t.Partitions {
			out.LagMax = atLeast(out.LagMax, p.Lag)
		}
		out.Topics = append(out.Topics, t)
	}
	out.LagSum = r.lagSum(&out)
	return out
}

// lagSum adds up a group's topics.
func (r *Report) lagSum(g *Group) cluster.Offset {
	if len(g.Topics) == 0 {
		return cluster.None
	}
	var sum cluster.Offset
	for i := range g.Topics {
		tooLarge := add(&sum, g.Topics[i].LagSum)
		r.Anomalies.tooLarge(tooLarge, GroupTopic{g.Name, g.Topics[i].Name})
	}
	return sum
}

// committed reports whether the group uses a topic at all: Kafka may answer -1
// for each partition of one that it does not.
func committed(commits []cluster.Commit) bool {
	return slices.ContainsFunc(commits, func(c cluster.Commit) bool { return c.Offset != cluster.None })
}

// topic works out one group's lag in one topic.
func (r *Report) topic(group string, topic *cluster.Topic, commits cluster.TopicCommits) Topic {
	out := Topic{Name: topic.Name, Partitions: make([]Partition, 0, len(commits.Partitions))}
	of, tooLarge := GroupTopic{group, topic.Name}, 0
	for _, c := range commits.Partitions {
		p, exists := topic.Locate(c.Partition)
		if c.Offset == cluster.None || !exists {
			continue
		}
		lag := r.partition(of, c.Offset, p)
		gone := expired(c.Offset, p.Start)
		out.Partitions = append(out.Partitions, Partition{ID: c.Partition, Committed: c.Offset, Lag: lag, Expired: gone})
		tooLarge += add(&out.OffsetSum, c.Offset)
		tooLarge += add(&out.LagSum, lag)
		tooLarge += add(&out.Expired, gone)
	}
	r.Anomalies.tooLarge(tooLarge, of)
	if !topic.Unclear {
		out.Uncommitted = len(topic.Partitions) - commits.LeftOut - len(out.Partitions)
		r.Anomalies.Uncommitted += out.Uncommitted
	}
	return out
}

// partition is the lag by the definition of Kafka's own tool: end offset minus
// committed offset. A commit beyond the end belongs to a log that was cut or
// created anew; it leaves nothing to read. Where the end is of an earlier
// scrape, it rather proves that the log had grown since.
func (r *Report) partition(of GroupTopic, committed cluster.Offset, p *cluster.Partition) cluster.Offset {
	end := p.End
	switch {
	case !committed.Known() || !end.Known():
		return cluster.Unknown
	case committed > end && p.Remembered:
		return cluster.Unknown
	case committed > end:
		r.Anomalies.beyondEnd(CommitBeyondEnd{of, p.ID, committed, end})
		return 0
	}
	return end - committed
}

// expired is how many records retention deleted before they were read.
func expired(committed, start cluster.Offset) cluster.Offset {
	if !committed.Known() || !start.Known() {
		return cluster.Unknown
	}
	return max(start-committed, 0)
}

// add adds to a sum. What is added to an unknown amount gives an unknown sum. So
// does what no longer fits; add returns 1 for the step that makes it so.
func add(sum *cluster.Offset, next cluster.Offset) (tooLarge int) {
	switch {
	case *sum == cluster.Unknown || next == cluster.Unknown:
		*sum = cluster.Unknown
	case *sum > math.MaxInt64-next:
		*sum = cluster.Unknown
		return 1
	default:
		*sum += next
	}
	return 0
}

// atLeast is the maximum; one unknown member makes it unknown.
func atLeast(most, next cluster.Offset) cluster.Offset {
	if most == cluster.Unknown || next == cluster.Unknown {
		return cluster.Unknown
	}
	return max(most, next)
}
