// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// Every text that a broker may choose is recorded valid.
func TestEveryNameIsRecordedValid(t *testing.T) {
	const bad = "\xff"
	s, _ := sample()
	s.ClusterID += bad
	s.Brokers[1] = cluster.Broker{ID: 1, Address: "b1" + bad, Rack: "a" + bad}
	for _, g := range s.Groups {
		g.State, g.Type, g.Protocol = g.State+bad, g.Type+bad, g.Protocol+bad
		g.Assigned = append(g.Assigned, cluster.Assignment{
			Topic: "elsewhere" + bad, Partitions: []int32{0, 1},
			Owners: []*cluster.Member{{ClientID: "c" + bad, Host: "h" + bad, InstanceID: "i" + bad}, {ClientID: "d"}},
		})
	}
	topic := *s.Topics["orders"]
	topic.Name = "orders" + bad
	s.Topics[topic.Name] = &topic
	s.Groups["billing"+bad] = &cluster.Group{Name: "billing" + bad, CommitsKnown: true, Commits: []cluster.TopicCommits{
		{Topic: topic.Name, Partitions: []cluster.Commit{{Partition: 0, Offset: 1}}},
	}}
	s.Groups["workers"+bad] = &cluster.Group{Name: "workers" + bad, Type: cluster.TypeShare, CommitsKnown: true, Commits: []cluster.TopicCommits{
		{Topic: topic.Name, Partitions: []cluster.Commit{{Partition: 0, Offset: 1}}, Lags: []cluster.Offset{7}},
	}}
	s.LogDirs[1][0].Path += bad

	cfg := newConfig()
	metrictest.EnableAll(&cfg.Metrics)
	invalid := FindInvalidNames(s)
	report := lag.Compute(s)
	report.Transactions = []lag.Topic{{Name: topic.Name, Partitions: []lag.Partition{{Lag: 1, Age: aged(9)}}}}
	got, _ := newRecorder(cfg).Record(at, invalid.InSnapshot(s), invalid.InReport(report))
	assert.Empty(t, metrictest.InvalidTexts(got))
	assert.NotEmpty(t, metrictest.Points(got)["kafka.consumer_group.lag"]["group=billing\uFFFD topic=orders\uFFFD partition=0"])
	assert.EqualValues(t, 7, metrictest.Points(got)["kafka.share_group.lag"]["group=workers\uFFFD topic=orders\uFFFD partition=0"])
	assert.Len(t, metrictest.Points(got)["kafka.consumer_group.partition_owner"], 4+2*(len(s.Groups)-2), "of two groups nothing is assigned")
	assert.Equal(t, map[string]float64{"topic=orders\uFFFD partition=0": 9}, metrictest.Doubles(got)["kafka.partition.open_transaction_age"])
	assert.Contains(t, s.Groups, "billing"+bad, "the snapshot stays as it is")
}

func TestInvalidNamesStayDistinct(t *testing.T) {
	groups := func(names ...string) map[string]string {
		s := &cluster.Snapshot{Groups: map[string]*cluster.Group{}}
		for _, name := range names {
			s.Groups[name] = &cluster.Group{Name: name}
		}
		got := map[string]string{}
		for name, g := range FindInvalidNames(s).InSnapshot(s).Groups {
			got[name] = g.Name
		}
		require.Len(t, got, len(names), "no name hides another")
		return got
	}
	assert.Contains(t, groups("a\xff", "b"), "a\uFFFD")
	assert.NotContains(t, groups("a\xff", "a\xfe"), "a\uFFFD", "neither has it without a hash")
	assert.Contains(t, groups("a\xff", "a\uFFFD"), "a\uFFFD", "the valid one keeps its name")
}

func TestInvalidLogDirsStayDistinct(t *testing.T) {
	s := &cluster.Snapshot{LogDirs: map[int32][]cluster.LogDir{1: {{Path: "/d\xff"}, {Path: "/d\uFFFD"}}}}
	dirs := FindInvalidNames(s).InSnapshot(s).LogDirs[1]
	require.Len(t, dirs, 2)
	assert.NotEqual(t, dirs[0].Path, dirs[1].Path)
}

func TestValidNamesAllocateNothing(t *testing.T) {
	s := &cluster.Snapshot{ClusterID: "c", Groups: map[string]*cluster.Group{}}
	for n := range 1000 {
		name := fmt.Sprintf("group-%d", n)
		s.Groups[name] = &cluster.Group{Name: name, State: "Stable"}
	}
	assert.Zero(t, testing.AllocsPerRun(10, func() { FindInvalidNames(s) }))
}

// BenchmarkFindInvalidNames searches the names of 10,000 groups and 1,000 topics, all
// of them valid.
func BenchmarkFindInvalidNames(b *testing.B) {
	s := &cluster.Snapshot{Groups: map[string]*cluster.Group{}, Topics: map[string]*cluster.Topic{}}
	for n := range 10_000 {
		name := fmt.Sprintf("team-%d.service-%d.consumer", n%50, n)
		s.Groups[name] = &cluster.Group{Name: name, State: "Stable", Type: "classic", Protocol: "range"}
		s.Topics[fmt.Sprintf("team-%d.events-%d", n%50, n%1000)] = &cluster.Topic{}
	}
	b.ReportAllocs()
	for b.Loop() {
		FindInvalidNames(s)
	}
}
