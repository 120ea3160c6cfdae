// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import "github.com/kafkalag/kafkalagreceiver/internal/cluster"

// shareGroup works out one share group. Its coordinator counts the lag: between the
// oldest record that is not completed and the end there may be some that are.
func (r *Report) shareGroup(s *cluster.Snapshot, g *cluster.Group) Group {
	out := Group{Name: g.Name, Share: true, Topics: make([]Topic, 0, len(g.Commits)), LagMax: cluster.None}
	counted := true
	for _, starts := range g.Commits {
		topic := s.Topics[starts.Topic]
		if topic == nil {
			r.Anomalies.DeletedTopic++
			continue
		}
		t := r.shareTopic(g.Name, topic, starts)
		if len(t.Partitions) == 0 {
			continue
		}
		for _, p := range t.Partitions {
			out.LagMax = atLeast(out.LagMax, p.Lag)
			counted = counted && p.Lag != cluster.None
		}
		out.Topics = append(out.Topics, t)
	}
	if !counted {
		out.LagMax = cluster.None
	}
	return out
}

// shareTopic works out one share group in one topic.
func (r *Report) shareTopic(group string, topic *cluster.Topic, starts cluster.TopicCommits) Topic {
	out := Topic{Name: topic.Name, Partitions: make([]Partition, 0, len(starts.Partitions))}
	tooLarge, impossible := 0, 0
	for i, c := range starts.Partitions {
		if _, exists := topic.Locate(c.Partition); c.Offset == cluster.None || !exists {
			continue
		}
		lag := starts.Lags[i]
		if lag == cluster.Impossible {
			lag = cluster.Unknown
			impossible++
		}
		out.Partitions = append(out.Partitions, Partition{ID: c.Partition, Committed: c.Offset, Lag: lag})
		if lag == cluster.None || out.LagSum == cluster.None { // the broker is too old to count
			out.LagSum = cluster.None
			continue
		}
		tooLarge += add(&out.LagSum, lag)
	}
	r.Anomalies.tooLarge(tooLarge, GroupTopic{group, topic.Name})
	r.Anomalies.impossible(impossible, GroupTopic{group, topic.Name})
	return out
}
