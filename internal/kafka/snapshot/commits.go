// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

const (
	// multiGroupFetch is the first OffsetFetch that takes several groups.
	multiGroupFetch = 8
	// fetches is how many requests go to one broker side by side, each on a
	// connection of its own, because a connection serves one at a time: while
	// one answer is decoded the broker works on the next.
	fetches = 2
	// singleFetches is the same where a request takes one group only, and the
	// way there and back is most of its time.
	singleFetches = 8
)

var errOneGroup = errors.New("the broker takes one group in a request")

// commits asks n, the coordinator of groups, for all that they committed and
// fills it in. It returns the groups that failed, and whether the broker takes
// several groups in one request, which a first one tells.
func (s *scrape) commits(ctx context.Context, n *broker.Node, groups []*cluster.Group) (failed []groupError, multiGroup bool) {
	ctx, cancel := withHalfRemaining(ctx)
	defer cancel()
	batches := s.memory.sizes.batches(groups)
	if s.memory.multiGroup[n.ID] {
		return s.spread(ctx, n, fetches, batches), true
	}
	answer, err := s.fetch(ctx, n, batches[0])
	if errors.Is(err, errOneGroup) {
		return s.commitsOneByOne(ctx, n, groups), false
	}
	multiGroup = err == nil && answer.Version >= multiGroupFetch
	first := s.takeCommits(ctx, n, batches[0], answer, err)
	return append(first, s.spread(ctx, n, fetches, batches[1:])...), multiGroup
}

func (s *scrape) commitsOneByOne(ctx context.Context, n *broker.Node, groups []*cluster.Group) []groupError {
	return s.spread(ctx, n, singleFetches, slices.Collect(slices.Chunk(groups, 1)))
}

// spread has some workers ask for the batches.
func (s *scrape) spread(ctx context.Context, n *broker.Node, workers int, batches [][]*cluster.Group) []groupError {
	failed := make([][]groupError, min(workers, len(batches)))
	next := make(chan []*cluster.Group)
	var wait sync.WaitGroup
	for i := range failed {
		wait.Go(func() {
			for batch := range next {
				answer, err := s.fetch(ctx, n, batch)
				failed[i] = append(failed[i], s.takeCommits(ctx, n, batch, answer, err)...)
			}
		})
	}
	for _, batch := range batches {
		next <- batch
	}
	close(next)
	wait.Wait()
	return slices.Concat(failed...)
}

// fetch sends one OffsetFetch for several groups. Before Kafka 3.0 that takes
// one group only: the library then refuses to send it, which costs nothing.
func (s *scrape) fetch(ctx context.Context, n *broker.Node, groups []*cluster.Group) (*sarama.OffsetFetchResponse, error) {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	type sent struct {
		version int16
		answer  *sarama.OffsetFetchResponse
	}
	got, err := broker.Ask(ctx, n, broker.APIOffsetFetch, func(b *sarama.Broker) (sent, error) {
		request := sarama.NewOffsetFetchRequest(s.pool.Version(), "", nil)
		request.Groups = request.Groups[:0]
		for _, g := range groups {
			request.Groups = append(request.Groups, sarama.OffsetFetchRequestGroup{GroupId: g.Name})
		}
		answer, err := b.FetchOffset(request)
		return sent{request.Version, answer}, err
	})
	if kafkaerr.IsUnsent(err) && got.version < multiGroupFetch {
		return nil, errOneGroup
	}
	return got.answer, err
}

// takeCommits fills in an answer. One that was too large to be read is asked
// for in halves.
func (s *scrape) takeCommits(ctx context.Context, n *broker.Node, groups []*cluster.Group, answer *sarama.OffsetFetchResponse, err error) []groupError {
	switch {
	case errors.Is(err, errOneGroup):
		return s.commitsOneByOne(ctx, n, groups)
	case kafkaerr.IsTooLarge(err) && len(groups) > 1:
		middle := len(groups) / 2
		return s.spread(ctx, n, 1, [][]*cluster.Group{groups[:middle], groups[middle:]})
	case err != nil:
		return allFailed(groups, err)
	case answer.Version < multiGroupFetch: // to a single group, which such a request takes
		return s.decodeGroup(groups[0], answer.Blocks, answer.Err)
	}
	return s.decodeGroups(groups, answer)
}

// decodeGroups fills in the answers to a request for several groups.
func (s *scrape) decodeGroups(groups []*cluster.Group, answer *sarama.OffsetFetchResponse) []groupError {
	byName := make(map[string]*sarama.OffsetFetchResponseGroup, len(answer.Groups))
	for i := range answer.Groups {
		byName[answer.Groups[i].GroupId] = &answer.Groups[i]
	}
	var failed []groupError
	for _, g := range groups {
		if a := byName[g.Name]; a != nil {
			failed = append(failed, s.decodeGroup(g, a.Blocks, a.Err)...)
		} else {
			failed = append(failed, groupError{group: g.Name, err: kafkaerr.ErrNotAnswered})
		}
	}
	return failed
}

// decodeGroup fills in what one group committed.
func (s *scrape) decodeGroup(g *cluster.Group, blocks map[string]map[int32]*sarama.OffsetFetchResponseBlock, code sarama.KError) []groupError {
	switch {
	case vanished(code):
		return nil
	case !kafkaerr.OK(code):
		return []groupError{{group: g.Name, err: code}}
	}
	g.CommitsKnown = true
	g.Commits = make([]cluster.TopicCommits, 0, len(blocks))
	failed := groupError{group: g.Name}
	answered := 0
	for topic, partitions := range blocks {
		answered += len(partitions)
		// A broker answers for every topic that the group ever used.
		name, wanted := s.intern(topic)
		if len(partitions) == 0 || !wanted {
			continue
		}
		commits, unknown, err := decodeCommits(partitions)
		if err != nil {
			failed.err, failed.partitions = err, failed.partitions+unknown
		}
		g.Commits = append(g.Commits, cluster.TopicCommits{Topic: name, Partitions: commits})
	}
	s.memory.sizes.learn(g, answered)
	slices.SortFunc(g.Commits, func(a, b cluster.TopicCommits) int { return strings.Compare(a.Topic, b.Topic) })
	if failed.err != nil {
		return []groupError{failed}
	}
	return nil
}

// decodeCommits turns one topic's answers into commits, sorted by partition.
// It also returns how many are unknown and the last error among theirs.
func decodeCommits(partitions map[int32]*sarama.OffsetFetchResponseBlock) (commits []cluster.Commit, unknown int, err error) {
	commits = make([]cluster.Commit, 0, len(partitions))
	for id, block := range partitions {
		offset := max(cluster.Offset(block.Offset), cluster.None)
		if !kafkaerr.OK(block.Err) {
			offset, err = cluster.Unknown, block.Err
			unknown++
		}
		commits = append(commits, cluster.Commit{Partition: id, Offset: offset})
	}
	slices.SortFunc(commits, func(a, b cluster.Commit) int { return cmp.Compare(a.Partition, b.Partition) })
	return commits, unknown, err
}

// intern returns the metadata's own string for a topic, and whether the filters
// let it pass: thousands of groups name the same topics, an answer's string
// would keep a copy for each, and a regular expression would run for each.
func (s *scrape) intern(topic string) (name string, wanted bool) {
	if t := s.snapshot.Topics[topic]; t != nil {
		return t.Name, true
	}
	return topic, s.ask.Topic(topic)
}

func allFailed(groups []*cluster.Group, err error) []groupError {
	failed := make([]groupError, len(groups))
	for i, g := range groups {
		failed[i] = groupError{group: g.Name, err: err}
	}
	return failed
}
