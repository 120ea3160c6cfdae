// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func shareRowOf(partition int32, start, lag int64, code int16) kmsg.DescribeShareGroupOffsetsResponseGroupTopicPartition {
	row := kmsg.NewDescribeShareGroupOffsetsResponseGroupTopicPartition()
	row.Partition, row.StartOffset, row.Lag, row.ErrorCode = partition, start, lag, code
	return row
}

// shareAnswer is what a coordinator says of the group workers in the topic t.
func shareAnswer(rows ...kmsg.DescribeShareGroupOffsetsResponseGroupTopicPartition) *kmsg.DescribeShareGroupOffsetsResponse {
	answer := kmsg.NewPtrDescribeShareGroupOffsetsResponse()
	answer.Groups = []kmsg.DescribeShareGroupOffsetsResponseGroup{{
		GroupID: "workers",
		Topics:  []kmsg.DescribeShareGroupOffsetsResponseGroupTopic{{Topic: "t", Partitions: rows}},
	}}
	return answer
}

func TestDecodeShareOffsets(t *testing.T) {
	const newest = 1
	moved := kerr.NotLeaderForPartition.Code
	for name, tt := range map[string]struct {
		version int16
		rows    []kmsg.DescribeShareGroupOffsetsResponseGroupTopicPartition
		starts  []cluster.Commit
		lags    []cluster.Offset
		unknown int
	}{
		"known":              {newest, rowsOf(shareRowOf(0, 200, 100, 0)), []cluster.Commit{{Partition: 0, Offset: 200}}, []cluster.Offset{100}, 0},
		"not started":        {newest, rowsOf(shareRowOf(0, -1, -1, 0)), []cluster.Commit{{Partition: 0, Offset: cluster.None}}, []cluster.Offset{cluster.Unknown}, 0},
		"lag not known":      {newest, rowsOf(shareRowOf(0, 5, -1, 0)), []cluster.Commit{{Partition: 0, Offset: 5}}, []cluster.Offset{cluster.Unknown}, 0},
		"negative lag":       {newest, rowsOf(shareRowOf(0, 5, -7, 0)), []cluster.Commit{{Partition: 0, Offset: 5}}, []cluster.Offset{cluster.Impossible}, 0},
		"error, start 0":     {newest, rowsOf(shareRowOf(0, 0, 0, moved)), []cluster.Commit{{Partition: 0, Offset: cluster.Unknown}}, []cluster.Offset{cluster.Unknown}, 1},
		"too old to count":   {0, rowsOf(shareRowOf(0, 5, 0, 0)), []cluster.Commit{{Partition: 0, Offset: 5}}, []cluster.Offset{cluster.None}, 0},
		"out of order":       {newest, rowsOf(shareRowOf(1, 6, 1, 0), shareRowOf(0, 5, 2, 0)), []cluster.Commit{{Partition: 0, Offset: 5}, {Partition: 1, Offset: 6}}, []cluster.Offset{2, 1}, 0},
		"one of them, twice": {newest, rowsOf(shareRowOf(0, 5, 2, 0), shareRowOf(0, 6, 1, 0)), []cluster.Commit{{Partition: 0, Offset: 5}}, []cluster.Offset{2}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			groups := []*cluster.Group{{Name: "workers"}}
			s := &scrape{ask: everything(), snapshot: &cluster.Snapshot{}, memory: &memory{}}
			request := newShareOffsetsRequest(groups)
			request.Max = tt.version
			got := decodeAnswer(t, request, shareAnswer(tt.rows...), func(r *wire.Reader) fetched { return s.decodeShare(r, groups) }).groups[0]
			require.Len(t, got.commits, 1)
			assert.Equal(t, cluster.TopicCommits{Topic: "t", Partitions: tt.starts, Lags: tt.lags}, got.commits[0])
			assert.Equal(t, tt.unknown, got.unknown)
			assert.Equal(t, tt.unknown > 0, got.err != nil)
		})
	}
}

func rowsOf(rows ...kmsg.DescribeShareGroupOffsetsResponseGroupTopicPartition) []kmsg.DescribeShareGroupOffsetsResponseGroupTopicPartition {
	return rows
}

// A coordinator that cannot read a group's state answers as if it had none.
func TestStartsAreDoubted(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	client := newTestClient(t, fake.Brokers()...)
	snapshot(t, client, everything()) // so that the broker is known
	scraped := func(id byte, start cluster.Offset) *scrape {
		s := newScrape(client, everything())
		s.snapshot.Topics["t"] = &cluster.Topic{Name: "t", ID: cluster.TopicID{id}, Partitions: make([]cluster.Partition, 1)}
		s.snapshot.Groups["workers"] = &cluster.Group{
			Name: "workers", Type: cluster.TypeShare, Coordinator: client.pool.Brokers()[0].ID, CommitsKnown: true,
			Commits: []cluster.TopicCommits{{Topic: "t", Partitions: []cluster.Commit{{Offset: start}}, Lags: []cluster.Offset{0}}},
		}
		s.doubtStarts()
		return s
	}
	startOf := func(s *scrape) cluster.Offset { return s.snapshot.Groups["workers"].Commits[0].Partitions[0].Offset }

	assert.Equal(t, cluster.None, startOf(scraped(1, cluster.None)), "it has not started yet")
	assert.EqualValues(t, 7, startOf(scraped(1, 7)))
	for range 2 { // for as long as it says so
		s := scraped(1, cluster.None)
		assert.Equal(t, cluster.Unknown, startOf(s))
		assert.Equal(t, cluster.Unknown, s.snapshot.Groups["workers"].Commits[0].Lags[0])
		require.Len(t, s.snapshot.Failures, 1)
		f := s.snapshot.Failures[0]
		assert.Equal(t, broker.APIDescribeShareGroupOffsets, f.API)
		assert.Equal(t, cluster.CodeIncomplete, f.Code)
		assert.Equal(t, 1, f.Partitions)
	}
	assert.Equal(t, cluster.None, startOf(scraped(2, cluster.None)), "of a topic that was created anew")
	gone := newScrape(client, everything())
	gone.doubtStarts()
	assert.Empty(t, client.memory.shareStarts, "a group that is gone is forgotten")
}

// Where brokers are too old to count, that is said once, and nothing is wrong.
func TestUncountedShareGroups(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	s := &scrape{log: zap.New(core), memory: &memory{}, snapshot: &cluster.Snapshot{Groups: map[string]*cluster.Group{
		"workers": {Name: "workers", Commits: []cluster.TopicCommits{{Topic: "t", Lags: []cluster.Offset{cluster.None}}}},
	}}}
	s.reportUncounted()
	s.reportUncounted()
	assert.Equal(t, 1, logs.Len())
}

// Errors of a share group are reported with the request that had them.
func TestShareGroupFailures(t *testing.T) {
	client := newTestClient(t, kafkatest.StartFake(t, 1).Brokers()...)
	snapshot(t, client, everything()) // so that the broker is known
	n := client.pool.Brokers()[0]
	open := pendingGroups{}
	open.note(groupsOf{node: n, commitAnswers: commitAnswers{failed: []groupError{
		{group: "billing", err: sarama.ErrGroupAuthorizationFailed},
		{group: "workers", api: broker.APIDescribeShareGroupOffsets, err: sarama.ErrGroupAuthorizationFailed},
		{group: "printers", api: broker.APIDescribeShareGroupOffsets, err: kafkaerr.ErrNotAnswered},
	}}})
	got := map[string]int{}
	for _, f := range open.failures() {
		got[f.API+" "+f.Code] += f.Groups
	}
	assert.Equal(t, map[string]int{
		"OffsetFetch GROUP_AUTHORIZATION_FAILED":               1,
		"DescribeShareGroupOffsets GROUP_AUTHORIZATION_FAILED": 1,
		"DescribeShareGroupOffsets INCOMPLETE_ANSWER":          1,
	}, got)
}
