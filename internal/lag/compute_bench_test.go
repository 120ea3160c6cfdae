// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// large is 1,000 topics of 10 partitions, and 500 groups that committed in 20
// of them each.
func large() *cluster.Snapshot {
	s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{}, Groups: map[string]*cluster.Group{}}
	for t := range 1000 {
		topic := &cluster.Topic{Name: fmt.Sprintf("topic-%03d", t)}
		for p := range int32(10) {
			topic.Partitions = append(topic.Partitions, cluster.Partition{ID: p, Start: 0, End: 100})
		}
		s.Topics[topic.Name] = topic
	}
	for g := range 500 {
		group := &cluster.Group{Name: fmt.Sprintf("group-%03d", g), CommitsKnown: true}
		for t := range 20 {
			commits := cluster.TopicCommits{Topic: fmt.Sprintf("topic-%03d", (g+t)%1000)}
			for p := range int32(10) {
				commits.Partitions = append(commits.Partitions, cluster.Commit{Partition: p, Offset: 50})
			}
			group.Commits = append(group.Commits, commits)
		}
		s.Groups[group.Name] = group
	}
	return s
}

// BenchmarkCompute works out the lag of 100,000 group-partitions.
func BenchmarkCompute(b *testing.B) {
	s := large()
	b.ReportAllocs()
	for b.Loop() {
		if r := Compute(s); len(r.Groups) != 500 {
			b.Fatal(len(r.Groups))
		}
	}
}

// A topic of a group costs one allocation, for its partitions.
func TestAllocationsOfComputing(t *testing.T) {
	s := large()
	assert.Less(t, testing.AllocsPerRun(5, func() { Compute(s) })/100_000, 0.15)
}

// BenchmarkRestore remembers 10,000 partitions.
func BenchmarkRestore(b *testing.B) {
	s := large()
	var m Memory
	b.ReportAllocs()
	for b.Loop() {
		m.Restore(time.Time{}, s)
	}
}
