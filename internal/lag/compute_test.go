// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// log is a partition with a leader whose log runs from start to end.
func log(id int32, start, end cluster.Offset) cluster.Partition {
	return cluster.Partition{ID: id, Leader: 1, Start: start, End: end}
}

// snapshotOf holds one topic t and one group g.
func snapshotOf(partitions []cluster.Partition, commits ...cluster.Commit) *cluster.Snapshot {
	return &cluster.Snapshot{
		Topics: map[string]*cluster.Topic{"t": {Name: "t", Partitions: partitions}},
		Groups: map[string]*cluster.Group{"g": {
			Name: "g", CommitsKnown: true,
			Commits: []cluster.TopicCommits{{Topic: "t", Partitions: commits}},
		}},
	}
}

func TestComputePartition(t *testing.T) {
	const unknown = cluster.Unknown
	for name, tt := range map[string]struct {
		start, end, committed cluster.Offset
		lag, expired          cluster.Offset
		beyondEnd             int
	}{
		"behind":                       {start: 0, end: 10, committed: 4, lag: 6},
		"at the end":                   {start: 0, end: 10, committed: 10},
		"nothing ever written":         {start: 0, end: 0, committed: 0},
		"committed beyond the end":     {start: 0, end: 3, committed: 10, beyondEnd: 1},
		"committed at the log start":   {start: 4, end: 10, committed: 4, lag: 6},
		"committed before log start":   {start: 7, end: 10, committed: 4, lag: 6, expired: 3},
		"all that was unread expired":  {start: 10, end: 10, committed: 4, lag: 6, expired: 6},
		"end unknown":                  {start: 2, end: unknown, committed: 4, lag: unknown},
		"start unknown":                {start: unknown, end: 10, committed: 4, lag: 6, expired: unknown},
		"both unknown":                 {start: unknown, end: unknown, committed: 4, lag: unknown, expired: unknown},
		"commit unknown":               {start: 0, end: 10, committed: unknown, lag: unknown, expired: unknown},
		"beyond an unknown end is not": {start: 0, end: unknown, committed: 99, lag: unknown},
	} {
		t.Run(name, func(t *testing.T) {
			report := Compute(snapshotOf([]cluster.Partition{log(0, tt.start, tt.end)}, cluster.Commit{Offset: tt.committed}))
			require.Len(t, report.Groups, 1)
			g := report.Groups[0]
			require.Len(t, g.Topics, 1)
			topic := g.Topics[0]
			assert.Equal(t, []Partition{{ID: 0, Committed: tt.committed, Lag: tt.lag, Expired: tt.expired}}, topic.Partitions)
			assert.Equal(t, tt.lag, topic.LagSum)
			assert.Equal(t, tt.committed, topic.OffsetSum)
			assert.Equal(t, tt.expired, topic.Expired)
			assert.Equal(t, tt.lag, g.LagMax)
			assert.Equal(t, tt.beyondEnd, report.Anomalies.BeyondEnd)
			var named []CommitBeyondEnd
			if tt.beyondEnd > 0 {
				named = []CommitBeyondEnd{{GroupTopic{"g", "t"}, 0, tt.committed, tt.end}}
			}
			assert.Equal(t, named, report.Anomalies.FirstBeyondEnd)
		})
	}
}

// Sums near the end of what a number holds are unknown as soon as they do not
// fit: wrapped, they would look like other sums, or like a mark.
func TestSumsThatDoNotFit(t *testing.T) {
	const most, unknown = cluster.Offset(math.MaxInt64), cluster.Unknown
	for name, tt := range map[string]struct {
		partitions                 []cluster.Partition
		commits                    []cluster.Offset
		offsetSum, lagSum, expired cluster.Offset
		tooLarge                   int
	}{
		"the largest that fits": {
			partitions: []cluster.Partition{log(0, 0, most), log(1, 0, 1)}, commits: []cluster.Offset{most - 1, 1}, offsetSum: most, lagSum: 1,
		},
		"one commit too many": {
			partitions: []cluster.Partition{log(0, 0, most), log(1, 0, 1)}, commits: []cluster.Offset{most, 1},
			offsetSum: unknown, tooLarge: 1,
		},
		"lag": {
			partitions: []cluster.Partition{log(0, 0, most), log(1, 0, 2)}, commits: []cluster.Offset{1, 0},
			offsetSum: 1, lagSum: unknown, tooLarge: 1,
		},
		"that would wrap to a mark": {
			partitions: []cluster.Partition{log(0, 0, most), log(1, 0, most)}, commits: []cluster.Offset{0, 0},
			lagSum: unknown, tooLarge: 1,
		},
		"that would wrap to a number": {
			partitions: []cluster.Partition{log(0, most, most), log(1, most, most), log(2, 4, 4)}, commits: []cluster.Offset{0, 0, 0},
			lagSum: unknown, expired: unknown, tooLarge: 2,
		},
		"beside an unknown one": {
			partitions: []cluster.Partition{log(0, 0, most), log(1, 0, unknown), log(2, 0, most)}, commits: []cluster.Offset{0, 0, 0},
			lagSum: unknown,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var commits []cluster.Commit
			for id, offset := range tt.commits {
				commits = append(commits, cluster.Commit{Partition: int32(id), Offset: offset})
			}
			report := Compute(snapshotOf(tt.partitions, commits...))
			topic := report.Groups[0].Topics[0]
			assert.Equal(t, tt.offsetSum, topic.OffsetSum, "offsets")
			assert.Equal(t, tt.lagSum, topic.LagSum, "lag")
			assert.Equal(t, tt.expired, topic.Expired, "expired")
			assert.Equal(t, tt.tooLarge, report.Anomalies.SumTooLarge)
			if tt.tooLarge > 0 {
				assert.Equal(t, []GroupTopic{{Group: "g", Topic: "t"}}, report.Anomalies.FirstSumsTooLarge)
			}
		})
	}
}

// The first few are the same from scrape to scrape, however many there are.
func TestFirstSumsTooLarge(t *testing.T) {
	s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{"t": {Name: "t", Partitions: []cluster.Partition{
		log(0, 0, math.MaxInt64), log(1, 0, math.MaxInt64),
	}}}, Groups: map[string]*cluster.Group{}}
	for n := range 50 {
		name := fmt.Sprintf("group-%02d", n)
		s.Groups[name] = &cluster.Group{Name: name, CommitsKnown: true, Commits: []cluster.TopicCommits{
			{Topic: "t", Partitions: []cluster.Commit{{Partition: 0}, {Partition: 1}}},
		}}
	}
	anomalies := Compute(s).Anomalies
	assert.Equal(t, 50, anomalies.SumTooLarge)
	assert.Equal(t, []GroupTopic{{"group-00", "t"}, {"group-01", "t"}, {"group-02", "t"}}, anomalies.FirstSumsTooLarge)
}

// No metric has the sums of groups in ZooKeeper: none is left out.
func TestSumsInZooKeeperAreNotReported(t *testing.T) {
	s := &cluster.Snapshot{
		Topics:    map[string]*cluster.Topic{"t": {Name: "t", Partitions: []cluster.Partition{log(0, 0, math.MaxInt64), log(1, 0, math.MaxInt64)}}},
		ZooKeeper: []*cluster.Group{{Name: "old", CommitsKnown: true, Commits: []cluster.TopicCommits{{Topic: "t", Partitions: []cluster.Commit{{Partition: 0}, {Partition: 1}}}}}},
	}
	anomalies := Compute(s).Anomalies
	assert.Zero(t, anomalies.SumTooLarge)
	assert.Empty(t, anomalies.FirstSumsTooLarge)
}

func TestFirstCommitsBeyondTheEnd(t *testing.T) {
	commits := []cluster.Commit{{Partition: 0, Offset: 9}, {Partition: 1, Offset: 3}, {Partition: 2, Offset: 8}, {Partition: 3, Offset: 7}, {Partition: 4, Offset: 6}}
	s := snapshotOf([]cluster.Partition{log(0, 0, 5), log(1, 0, 5), log(2, 0, 5), log(3, 0, 5), log(4, 0, 5)}, commits...)
	anomalies, of := Compute(s).Anomalies, GroupTopic{"g", "t"}
	assert.Equal(t, 4, anomalies.BeyondEnd)
	assert.Equal(t, []CommitBeyondEnd{{of, 0, 9, 5}, {of, 2, 8, 5}, {of, 3, 7, 5}}, anomalies.FirstBeyondEnd)
}

// A commit beyond an end that was remembered means that the log had grown, not
// that it was cut.
func TestComputeCommitBeyondARememberedEnd(t *testing.T) {
	p := cluster.Partition{Leader: cluster.NoBroker, Start: 0, End: 100, Remembered: true}
	report := Compute(snapshotOf([]cluster.Partition{p}, cluster.Commit{Offset: 140}))
	assert.Equal(t, cluster.Unknown, report.Groups[0].Topics[0].LagSum)
	assert.Equal(t, cluster.Unknown, report.Groups[0].LagMax)
	assert.Zero(t, report.Anomalies)
	report = Compute(snapshotOf([]cluster.Partition{p}, cluster.Commit{Offset: 90}))
	assert.Equal(t, cluster.Offset(10), report.Groups[0].Topics[0].LagSum)
}

func TestComputeTopic(t *testing.T) {
	three := []cluster.Partition{log(0, 0, 10), log(1, 5, 20), log(2, 0, 30)}
	commit := func(partition int32, offset cluster.Offset) cluster.Commit {
		return cluster.Commit{Partition: partition, Offset: offset}
	}
	for name, tt := range map[string]struct {
		partitions []cluster.Partition
		commits    []cluster.Commit
		want       Topic // name and partitions apart
		max        cluster.Offset
	}{
		"all committed": {
			partitions: three,
			commits:    []cluster.Commit{commit(0, 10), commit(1, 3), commit(2, 20)},
			want:       Topic{OffsetSum: 33, LagSum: 27, Expired: 2},
			max:        17,
		},
		"one without a commit, left out by the broker": {
			partitions: three,
			commits:    []cluster.Commit{commit(0, 10), commit(2, 20)},
			want:       Topic{OffsetSum: 30, LagSum: 10, Uncommitted: 1},
			max:        10,
		},
		"one without a commit, answered as -1": {
			partitions: three,
			commits:    []cluster.Commit{commit(0, 10), commit(1, cluster.None), commit(2, 20)},
			want:       Topic{OffsetSum: 30, LagSum: 10, Uncommitted: 1},
			max:        10,
		},
		"one end unknown: no sum is silently lower": {
			partitions: []cluster.Partition{log(0, 0, 10), log(1, 5, cluster.Unknown)},
			commits:    []cluster.Commit{commit(0, 1), commit(1, 6)},
			want:       Topic{OffsetSum: 7, LagSum: cluster.Unknown},
			max:        cluster.Unknown,
		},
		"the unknown end is of a partition without a commit": {
			partitions: []cluster.Partition{log(0, 0, 10), log(1, 5, cluster.Unknown)},
			commits:    []cluster.Commit{commit(0, 1)},
			want:       Topic{OffsetSum: 1, LagSum: 9, Uncommitted: 1},
			max:        9,
		},
		"one commit unknown": {
			partitions: three,
			commits:    []cluster.Commit{commit(0, 10), commit(1, cluster.Unknown), commit(2, 20)},
			want:       Topic{OffsetSum: cluster.Unknown, LagSum: cluster.Unknown, Expired: cluster.Unknown},
			max:        cluster.Unknown,
		},
		"a commit of a partition that an older topic had": {
			partitions: three,
			commits:    []cluster.Commit{commit(0, 10), commit(1, 5), commit(2, 20), commit(7, 99)},
			want:       Topic{OffsetSum: 35, LagSum: 25},
			max:        15,
		},
	} {
		t.Run(name, func(t *testing.T) {
			report := Compute(snapshotOf(tt.partitions, tt.commits...))
			require.Len(t, report.Groups, 1)
			require.Len(t, report.Groups[0].Topics, 1)
			got := report.Groups[0].Topics[0]
			got.Name, got.Partitions = "", nil
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.max, report.Groups[0].LagMax)
			assert.Equal(t, tt.want.LagSum, report.Groups[0].LagSum)
			assert.Equal(t, tt.want.Uncommitted, report.Anomalies.Uncommitted)
		})
	}
}

// What is not known of one topic is not known of the group.
func TestSumsOfAGroup(t *testing.T) {
	const most = cluster.Offset(math.MaxInt64)
	for name, tt := range map[string]struct {
		ends     [2]cluster.Offset // of the group's two topics, of which it has read nothing
		want     cluster.Offset
		tooLarge int
	}{
		"two topics":         {[2]cluster.Offset{10, 5}, 15, 0},
		"one is not known":   {[2]cluster.Offset{10, cluster.Unknown}, cluster.Unknown, 0},
		"they do not fit":    {[2]cluster.Offset{most, 1}, cluster.Unknown, 1},
		"the largest number": {[2]cluster.Offset{most, 0}, most, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{}, Groups: map[string]*cluster.Group{}}
			g := &cluster.Group{Name: "g", CommitsKnown: true}
			for i, topic := range []string{"a", "b"} {
				s.Topics[topic] = &cluster.Topic{Name: topic, Partitions: []cluster.Partition{log(0, 0, tt.ends[i])}}
				g.Commits = append(g.Commits, cluster.TopicCommits{Topic: topic, Partitions: []cluster.Commit{{}}})
			}
			s.Groups["g"] = g
			report := Compute(s)
			assert.Equal(t, tt.want, report.Groups[0].LagSum)
			assert.Equal(t, tt.tooLarge, report.Anomalies.SumTooLarge)
		})
	}
}

func TestAgeMaxOfAGroup(t *testing.T) {
	age := func(d time.Duration) Topic { return Topic{AgeMax: Age{Duration: d, Known: true}} }
	old := Group{Topics: []Topic{age(time.Minute), age(time.Hour), age(0)}}
	assert.Equal(t, Age{Duration: time.Hour, Known: true}, old.AgeMax())
	undated := Group{Topics: []Topic{age(time.Minute), {}}}
	assert.Equal(t, Age{}, undated.AgeMax())
}

func TestComputeLeavesOutTopicsWithoutACommit(t *testing.T) {
	s := snapshotOf([]cluster.Partition{log(0, 0, 10)}, cluster.Commit{Offset: cluster.None})
	report := Compute(s)
	require.Len(t, report.Groups, 1)
	assert.Empty(t, report.Groups[0].Topics)
	assert.Equal(t, cluster.None, report.Groups[0].LagMax)
	assert.Equal(t, cluster.None, report.Groups[0].LagSum)
	assert.Equal(t, Age{}, report.Groups[0].AgeMax())
	assert.Zero(t, report.Anomalies, "a topic that the group does not use is not odd")
}

func TestComputeDeletedTopic(t *testing.T) {
	s := snapshotOf([]cluster.Partition{log(0, 0, 10)}, cluster.Commit{Offset: 4})
	s.Topics = nil
	report := Compute(s)
	require.Len(t, report.Groups, 1)
	assert.Empty(t, report.Groups[0].Topics)
	assert.Equal(t, Anomalies{DeletedTopic: 1}, report.Anomalies)
}

func TestComputeUnclearTopic(t *testing.T) {
	s := snapshotOf(nil, cluster.Commit{Offset: 4})
	s.Topics["t"].Unclear = true
	report := Compute(s)
	require.Len(t, report.Groups[0].Topics, 1, "the topic exists, only its partitions are not known")
	topic := report.Groups[0].Topics[0]
	assert.Equal(t, []Partition{{Committed: 4, Lag: cluster.Unknown, Expired: cluster.Unknown}}, topic.Partitions)
	assert.Equal(t, cluster.Unknown, topic.LagSum)
	assert.Equal(t, cluster.Offset(4), topic.OffsetSum)
	assert.Zero(t, report.Anomalies)
}

func TestComputeGroups(t *testing.T) {
	s := snapshotOf([]cluster.Partition{log(0, 0, 10)}, cluster.Commit{Offset: 4})
	s.Groups["a"] = &cluster.Group{Name: "a", CommitsKnown: true}
	s.Groups["denied"] = &cluster.Group{Name: "denied"}
	report := Compute(s)
	require.Len(t, report.Groups, 2, "of a group whose commits are not known nothing is said")
	assert.Equal(t, "a", report.Groups[0].Name, "sorted")
	assert.Equal(t, "g", report.Groups[1].Name)
}
