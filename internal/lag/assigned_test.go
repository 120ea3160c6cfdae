// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

func TestOnlyAssigned(t *testing.T) {
	commit := func(partitions ...int32) []cluster.Commit {
		commits := []cluster.Commit{}
		for _, p := range partitions {
			commits = append(commits, cluster.Commit{Partition: p, Offset: 5})
		}
		return commits
	}
	topic := func(name string, partitions int) *cluster.Topic {
		t := &cluster.Topic{Name: name}
		for p := range partitions {
			t.Partitions = append(t.Partitions, cluster.Partition{ID: int32(p), End: 9})
		}
		return t
	}
	for name, tt := range map[string]struct {
		group cluster.Group
		want  []cluster.TopicCommits
		known bool
		// uncommitted is what is left to wonder about.
		uncommitted int
	}{
		"all assigned": {
			group: cluster.Group{
				Described: true, AssignedKnown: true, CommitsKnown: true,
				Assigned: []cluster.Assignment{{Topic: "a", Partitions: []int32{0, 1, 2}}},
				Commits:  []cluster.TopicCommits{{Topic: "a", Partitions: commit(0, 1, 2)}},
			},
			want: []cluster.TopicCommits{{Topic: "a", Partitions: commit(0, 1, 2)}}, known: true,
		},
		"some assigned": {
			group: cluster.Group{
				Described: true, AssignedKnown: true, CommitsKnown: true,
				Assigned: []cluster.Assignment{{Topic: "a", Partitions: []int32{1}}},
				Commits:  []cluster.TopicCommits{{Topic: "a", Partitions: commit(0, 1)}, {Topic: "b", Partitions: commit(0)}},
			},
			want: []cluster.TopicCommits{{Topic: "a", Partitions: commit(1), LeftOut: 2}}, known: true,
		},
		"assigned and not committed": {
			group: cluster.Group{
				Described: true, AssignedKnown: true, CommitsKnown: true,
				Assigned: []cluster.Assignment{{Topic: "a", Partitions: []int32{0, 1}}},
				Commits:  []cluster.TopicCommits{{Topic: "a", Partitions: commit(1)}},
			},
			want: []cluster.TopicCommits{{Topic: "a", Partitions: commit(1), LeftOut: 1}}, known: true, uncommitted: 1,
		},
		"no members": {
			group: cluster.Group{
				Described: true, AssignedKnown: true, CommitsKnown: true,
				Commits: []cluster.TopicCommits{{Topic: "a", Partitions: commit(0)}},
			},
			want: []cluster.TopicCommits{}, known: true,
		},
		"members not known": {
			group: cluster.Group{CommitsKnown: true, Commits: []cluster.TopicCommits{{Topic: "a", Partitions: commit(0)}}},
		},
		"topic deleted": {
			group: cluster.Group{
				Described: true, AssignedKnown: true, CommitsKnown: true,
				Assigned: []cluster.Assignment{{Topic: "gone", Partitions: []int32{0}}},
				Commits:  []cluster.TopicCommits{{Topic: "gone", Partitions: commit(0, 1)}},
			},
			want: []cluster.TopicCommits{{Topic: "gone", Partitions: commit(0)}}, known: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &cluster.Snapshot{
				Topics: map[string]*cluster.Topic{"a": topic("a", 3), "b": topic("b", 1)},
				Groups: map[string]*cluster.Group{"g": &tt.group},
			}
			assert.Zero(t, OnlyAssigned(s))
			assert.Equal(t, tt.want, s.Groups["g"].Commits)
			assert.Equal(t, tt.known, s.Groups["g"].CommitsKnown)
			assert.Equal(t, tt.uncommitted, Compute(s).Anomalies.Uncommitted)
		})
	}
}

// While its members are being assigned partitions, nothing is said of a group,
// and that is said.
func TestOnlyAssignedWhileRebalancing(t *testing.T) {
	s := &cluster.Snapshot{Groups: map[string]*cluster.Group{
		"g": {Name: "g", Described: true, CommitsKnown: true, Commits: []cluster.TopicCommits{{Topic: "a", Partitions: []cluster.Commit{{Offset: 5}}}}},
	}}
	assert.Equal(t, 1, OnlyAssigned(s))
	assert.False(t, s.Groups["g"].CommitsKnown)
	assert.Empty(t, s.Groups["g"].Commits)
}
