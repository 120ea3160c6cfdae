// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"slices"
	"strings"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Compute works out the lag of every group whose commits are known. It changes
// nothing in s.
func Compute(s *cluster.Snapshot) *Report {
	r := &Report{Groups: make([]Group, 0, len(s.Groups))}
	for _, g := range s.Groups {
		if g.CommitsKnown {
			r.Groups = append(r.Groups, r.group(s, g))
		}
	}
	slices.SortFunc(r.Groups, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
	for _, g := range s.ZooKeeper {
		r.ZooKeeper = append(r.ZooKeeper, r.group(s, g))
	}
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
		t := r.topic(topic, commits)
		if len(t.Partitions) == 0 {
			continue
		}
		for _, p := range t.Partitions {
			out.LagMax = atLeast(out.LagMax, p.Lag)
		}
		out.Topics = append(out.Topics, t)
	}
	return out
}

// committed tells whether the group uses a topic at all: Kafka may answer -1
// for each partition of one that it does not.
func committed(commits []cluster.Commit) bool {
	return slices.ContainsFunc(commits, func(c cluster.Commit) bool { return c.Offset != cluster.None })
}

// topic works out one group's lag in one topic.
func (r *Report) topic(topic *cluster.Topic, commits cluster.TopicCommits) Topic {
	out := Topic{Name: topic.Name, Partitions: make([]Partition, 0, len(commits.Partitions))}
	for _, c := range commits.Partitions {
		p, exists := find(topic, c.Partition)
		if c.Offset == cluster.None || !exists {
			continue
		}
		lag := r.partition(c.Offset, p)
		gone := expired(c.Offset, p.Start)
		out.Partitions = append(out.Partitions, Partition{ID: c.Partition, Committed: c.Offset, Lag: lag, Expired: gone})
		out.OffsetSum = plus(out.OffsetSum, c.Offset)
		out.LagSum = plus(out.LagSum, lag)
		out.Expired = plus(out.Expired, gone)
	}
	if !topic.Unclear {
		out.Uncommitted = len(topic.Partitions) - commits.LeftOut - len(out.Partitions)
		r.Anomalies.Uncommitted += out.Uncommitted
	}
	return out
}

// find looks a partition up. One that unclear metadata leaves out may exist,
// and then nothing is known of it; otherwise it went with an older topic of the
// same name.
func find(topic *cluster.Topic, id int32) (*cluster.Partition, bool) {
	if p := topic.Find(id); p != nil {
		return p, true
	}
	return &cluster.Partition{ID: id, Start: cluster.Unknown, End: cluster.Unknown}, topic.Unclear
}

// partition is the lag by the definition of Kafka's own tool: end offset minus
// committed offset. A commit beyond the end belongs to a log that was cut or
// created anew; it leaves nothing to read. Where the end is of an earlier
// scrape, it rather proves that the log had grown since.
func (r *Report) partition(committed cluster.Offset, p *cluster.Partition) cluster.Offset {
	end := p.End
	switch {
	case !committed.Known() || !end.Known():
		return cluster.Unknown
	case committed > end && p.Remembered:
		return cluster.Unknown
	case committed > end:
		r.Anomalies.BeyondEnd++
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

// plus adds; whatever is added to an unknown amount, the sum is unknown.
func plus(sum, next cluster.Offset) cluster.Offset {
	if sum == cluster.Unknown || next == cluster.Unknown {
		return cluster.Unknown
	}
	return sum + next
}

// atLeast is the maximum; one unknown member makes it unknown.
func atLeast(most, next cluster.Offset) cluster.Offset {
	if most == cluster.Unknown || next == cluster.Unknown {
		return cluster.Unknown
	}
	return max(most, next)
}
