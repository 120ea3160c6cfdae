// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package timelag

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// footprints are groups that make a partition cost memory: where the group is in
// it at the n-th scrape of an hour.
var footprints = map[string]func(log *testLog, partition, n int) cluster.Offset{
	"read all": func(log *testLog, _, _ int) cluster.Offset { return log.end },
	"stuck":    func(_ *testLog, partition, _ int) cluster.Offset { return cluster.Offset(partition % 2000) },
	"catching up": func(_ *testLog, partition, n int) cluster.Offset {
		return cluster.Offset(partition%1000 + 10*n)
	},
	"half an hour behind": func(log *testLog, partition, _ int) cluster.Offset {
		return log.end - 600 - cluster.Offset(partition%10)
	},
}

// retained is the memory that an hour of scrapes at 30 s leaves behind for each
// partition, in bytes. Records have come at irregular rates for a week, and do
// at the least even one now. The search has all the look-ups that it asks for.
func retained(partitions int, commit func(log *testLog, partition, n int) cluster.Offset) float64 {
	const perTopic = 100
	r := rand.New(rand.NewPCG(1, 1))
	log, now := dense(shapes["irregular"](r, 3000)...), testNow
	s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{}}
	g := &cluster.Group{Name: "g", CommitsKnown: true}
	s.Groups = map[string]*cluster.Group{"g": g}
	for n := range partitions / perTopic {
		name := fmt.Sprint("topic-", n)
		s.Topics[name] = &cluster.Topic{Name: name, Partitions: make([]cluster.Partition, perTopic)}
		g.Commits = append(g.Commits, cluster.TopicCommits{Topic: name, Partitions: make([]cluster.Commit, perTopic)})
		for p := range int32(perTopic) {
			s.Topics[name].Partitions[p].ID, g.Commits[n].Partitions[p].Partition = p, p
		}
	}
	log.records = slices.Grow(log.records, 121*40)
	d, before := newDates(), heap()
	for n := range 121 {
		for i, commits := range g.Commits {
			for p := range commits.Partitions {
				s.Topics[commits.Topic].Partitions[p].End = log.end
				commits.Partitions[p].Offset = commit(log, perTopic*i+p, n)
			}
		}
		d.Estimate(now, s, lag.Compute(s))
		log.answer(d)
		for range r.IntN(41) { // is written until the next one
			log.records = append(log.records, record{log.end, cluster.NewTimestamp(now.Add(d.Interval / 2))})
			log.end++
		}
		now = now.Add(d.Interval)
	}
	held := heap() - before
	runtime.KeepAlive(log)
	runtime.KeepAlive(s)
	runtime.KeepAlive(d)
	return held / float64(partitions)
}

// answer answers all look-ups, as fast as the log's order allows.
func (l *testLog) answer(d *Estimator) {
	for {
		lookups, topics := d.Plan(1_000_000)
		if len(lookups)+len(topics) == 0 {
			return
		}
		plain := map[string]bool{}
		for _, name := range topics {
			plain[name] = false
		}
		d.Policies(topics, plain)
		answers := make([]cluster.Answer, len(lookups))
		for i, q := range lookups {
			answers[i] = l.find(q)
		}
		d.Learn(answers)
	}
}

// find answers a look-up in a log that is in order.
func (l *testLog) find(q cluster.Lookup) cluster.Answer {
	at, _ := slices.BinarySearchFunc(l.records, q.At, func(r record, at cluster.Timestamp) int { return cmp.Compare(r.at, at) })
	if at == len(l.records) {
		return cluster.Answer{Lookup: q, Offset: cluster.None}
	}
	return cluster.Answer{Lookup: q, Offset: l.records[at].offset, Time: l.records[at].at}
}

// heap is what is in use, in bytes.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// 100,000 partitions, and a group in each, take less than 100 MiB.
func TestEstimatorFitInMemory(t *testing.T) {
	for name, commit := range footprints {
		t.Run(name, func(t *testing.T) {
			bytes := retained(500, commit)
			t.Logf("%.0f bytes a partition", bytes)
			assert.Less(t, bytes, 100*1024*1024/100_000.0)
		})
	}
}

// BenchmarkEstimatorMemory states what a partition takes.
func BenchmarkEstimatorMemory(b *testing.B) {
	const partitions = 100_000
	for name, commit := range footprints {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				bytes := retained(partitions, commit)
				b.ReportMetric(bytes, "B/partition")
				b.ReportMetric(bytes*partitions/(1<<20), "MiB")
			}
		})
	}
}
