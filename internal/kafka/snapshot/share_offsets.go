// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"context"
	"slices"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// shareOffsets asks n, the coordinator of share groups, for where they are and fills it
// in. It returns the groups that failed.
func (s *scrape) shareOffsets(ctx context.Context, n *broker.Node, groups []*cluster.Group) (failed []groupError) {
	ctx, cancel := withHalfRemaining(ctx)
	defer cancel()
	for batch := range slices.Chunk(groups, groupsPerRequest) {
		failed = append(failed, s.shareBatch(ctx, n, batch)...)
	}
	for i := range failed {
		failed[i].api = broker.APIDescribeShareGroupOffsets
	}
	return failed
}

// shareBatch asks for some groups, and where the answer is too large to be read, for
// one half after the other.
func (s *scrape) shareBatch(ctx context.Context, n *broker.Node, groups []*cluster.Group) []groupError {
	answer, err := s.fetchShare(ctx, n, groups)
	if kafkaerr.IsTooLarge(err) && len(groups) > 1 {
		middle := len(groups) / 2
		return append(s.shareBatch(ctx, n, groups[:middle]), s.shareBatch(ctx, n, groups[middle:])...)
	}
	return s.takeCommits(ctx, n, groups, answer, err).failed
}

func (s *scrape) fetchShare(ctx context.Context, n *broker.Node, groups []*cluster.Group) (fetched, error) {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	request := newShareOffsetsRequest(groups)
	return broker.Ask(ctx, n, request, func(r *wire.Reader) fetched { return s.decodeShare(r, groups) })
}

// newShareOffsetsRequest asks for all topics of the groups: null stands for all.
func newShareOffsetsRequest(groups []*cluster.Group) wire.Request {
	request := kmsg.NewPtrDescribeShareGroupOffsetsRequest()
	for _, g := range groups {
		of := kmsg.NewDescribeShareGroupOffsetsRequestGroup()
		of.GroupID = g.Name
		request.Groups = append(request.Groups, of)
	}
	return wire.Request{Request: request, Max: 1}
}

// decodeShare reads the answer to a DescribeShareGroupOffsets for groups.
func (s *scrape) decodeShare(r *wire.Reader, groups []*cluster.Group) fetched {
	f := fetched{version: r.Version, groups: make([]fetchedGroup, len(groups))}
	index := make(map[string]int, len(groups))
	for i, g := range groups {
		index[g.Name] = i
	}
	for range r.Each(wire.Size{Fixed: 2, Strings: 2, Arrays: 1}) {
		i, asked := index[string(r.Text())]
		g := s.decodeShareTopics(r)
		g.code = sarama.KError(r.Int16())
		r.Text() // the error in words
		if asked {
			f.groups[i] = g
		}
	}
	return f
}

// decodeShareTopics reads the topics of a group.
func (s *scrape) decodeShareTopics(r *wire.Reader) fetchedGroup {
	g := fetchedGroup{answered: true}
	n := r.Len(wire.Size{Fixed: 16, Strings: 1, Arrays: 1})
	if !r.Spend(topicCommitsMemory * n) {
		return g
	}
	g.commits = make([]cluster.TopicCommits, 0, n)
	for range r.Elements(n) {
		topic, wanted := s.intern(r)
		r.UUID()
		if t := g.decodeSharePartitions(r, wanted); wanted && len(t.Partitions) > 0 {
			t.Topic = topic
			g.commits = append(g.commits, t)
		}
	}
	g.commits = uniqueTopics(g.commits)
	return g
}

// shareRow is where a share group is in one partition.
type shareRow struct {
	commit cluster.Commit
	lag    cluster.Offset
}

// shareMemory is how many bytes of memory a partition costs: a row, and what is made
// of it.
const shareMemory = 24 + commitMemory + 8

// decodeSharePartitions reads where a group is in one topic, sorted by partition.
func (g *fetchedGroup) decodeSharePartitions(r *wire.Reader, wanted bool) cluster.TopicCommits {
	n := r.Len(wire.Size{Fixed: 18, Strings: 1})
	g.partitions += n
	if !r.Spend(shareMemory * n) {
		return cluster.TopicCommits{}
	}
	rows := make([]shareRow, 0, n)
	for range r.Elements(n) {
		row, code := decodeShareRow(r)
		if wanted && !kafkaerr.OK(code) {
			g.err = code
			g.unknown++
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b shareRow) int { return cmp.Compare(a.commit.Partition, b.commit.Partition) })
	rows = slices.CompactFunc(rows, func(a, b shareRow) bool { return a.commit.Partition == b.commit.Partition })
	t := cluster.TopicCommits{Partitions: make([]cluster.Commit, len(rows)), Lags: make([]cluster.Offset, len(rows))}
	for i, row := range rows {
		t.Partitions[i], t.Lags[i] = row.commit, row.lag
	}
	return t
}

// decodeShareRow reads one partition. The error decides: with one, the start is 0.
func decodeShareRow(r *wire.Reader) (shareRow, sarama.KError) {
	row := shareRow{
		commit: cluster.Commit{Partition: r.Int32(), Offset: max(cluster.Offset(r.Int64()), cluster.None)},
		lag:    cluster.None, // before Kafka 4.2 brokers do not count
	}
	r.Int32() // the epoch of the leader
	if r.Version >= 1 {
		row.lag = shareLag(r.Int64())
	}
	code := sarama.KError(r.Int16())
	r.Text() // the error in words
	if !kafkaerr.OK(code) {
		row.commit.Offset, row.lag = cluster.Unknown, cluster.Unknown
	}
	return row, code
}

// shareLag is the lag that a coordinator returned: -1 if it does not know.
func shareLag(answer int64) cluster.Offset {
	switch {
	case answer == -1:
		return cluster.Unknown
	case answer < 0:
		return cluster.Impossible
	}
	return cluster.Offset(answer)
}
