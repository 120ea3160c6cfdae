// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// The lag of a share group is what its coordinator counted.
func TestComputeShareGroup(t *testing.T) {
	for name, tt := range map[string]struct {
		starts     []cluster.Offset
		counted    []cluster.Offset
		lags       []cluster.Offset // of the partitions that have started
		sum, most  cluster.Offset
		impossible int
	}{
		"all known":            {[]cluster.Offset{5, 0}, []cluster.Offset{3, 4}, []cluster.Offset{3, 4}, 7, 4, 0},
		"not started":          {[]cluster.Offset{5, cluster.None}, []cluster.Offset{3, cluster.Unknown}, []cluster.Offset{3}, 3, 3, 0},
		"one is not known":     {[]cluster.Offset{5, 6}, []cluster.Offset{3, cluster.Unknown}, []cluster.Offset{3, cluster.Unknown}, cluster.Unknown, cluster.Unknown, 0},
		"one start is unknown": {[]cluster.Offset{5, cluster.Unknown}, []cluster.Offset{3, cluster.Unknown}, []cluster.Offset{3, cluster.Unknown}, cluster.Unknown, cluster.Unknown, 0},
		"one cannot be true":   {[]cluster.Offset{5, 6}, []cluster.Offset{3, cluster.Impossible}, []cluster.Offset{3, cluster.Unknown}, cluster.Unknown, cluster.Unknown, 1},
		"nobody counts":        {[]cluster.Offset{5, 6}, []cluster.Offset{cluster.None, cluster.None}, []cluster.Offset{cluster.None, cluster.None}, cluster.None, cluster.None, 0},
		"one is not counted":   {[]cluster.Offset{5, 6}, []cluster.Offset{3, cluster.None}, []cluster.Offset{3, cluster.None}, cluster.None, cluster.None, 0},
	} {
		t.Run(name, func(t *testing.T) {
			starts := cluster.TopicCommits{Topic: "orders", Lags: tt.counted}
			for id, start := range tt.starts {
				starts.Partitions = append(starts.Partitions, cluster.Commit{Partition: int32(id), Offset: start})
			}
			r := Compute(&cluster.Snapshot{
				Topics: map[string]*cluster.Topic{"orders": {Name: "orders", Partitions: []cluster.Partition{log(0, 0, 100), log(1, 0, 100)}}},
				Groups: map[string]*cluster.Group{"workers": {
					Name: "workers", Type: cluster.TypeShare, CommitsKnown: true, Commits: []cluster.TopicCommits{starts, {Topic: "deleted"}},
				}},
			})
			assert.Empty(t, r.Groups, "it is no consumer group")
			require.Len(t, r.Share, 1)
			require.Len(t, r.Share[0].Topics, 1)
			topic := r.Share[0].Topics[0]
			var lags []cluster.Offset
			for _, p := range topic.Partitions {
				lags = append(lags, p.Lag)
			}
			assert.Equal(t, tt.lags, lags)
			assert.Equal(t, tt.sum, topic.LagSum)
			assert.Equal(t, tt.most, r.Share[0].LagMax)
			assert.Equal(t, tt.impossible, r.Anomalies.Impossible)
			assert.Len(t, r.Anomalies.FirstImpossible, tt.impossible)
			assert.Equal(t, 0, r.Anomalies.Uncommitted, "nobody expects it to have started everywhere")
		})
	}
}

func TestLimitCountsShareGroups(t *testing.T) {
	shared := sizedGroup("shared", 5)
	shared.Share = true
	r := &Report{Groups: []Group{sizedGroup("small", 2)}, Share: []Group{shared}}
	assert.Equal(t, LimitedPartitions{Groups: []string{"shared"}, Partitions: 5, SharePartitions: 5}, r.LimitPartitions(6))
}
