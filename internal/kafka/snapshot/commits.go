// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
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
	multiGroup = err == nil && answer.version >= multiGroupFetch
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
// one group only: it is then not sent, which costs nothing.
func (s *scrape) fetch(ctx context.Context, n *broker.Node, groups []*cluster.Group) (fetched, error) {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	answer, err := broker.Ask(ctx, n, newOffsetFetchRequest(groups), func(r *wire.Reader) fetched { return s.decodeFetched(r, groups) })
	if kafkaerr.IsUnsupported(err) && len(groups) > 1 {
		return fetched{}, errOneGroup
	}
	return answer, err
}

// newOffsetFetchRequest asks for all that the groups committed, which version 2
// is the first to tell without being told where.
func newOffsetFetchRequest(groups []*cluster.Group) wire.Request {
	request := kmsg.NewPtrOffsetFetchRequest()
	for _, g := range groups {
		of := kmsg.NewOffsetFetchRequestGroup()
		of.Group = g.Name
		request.Groups = append(request.Groups, of)
	}
	oldest := int16(multiGroupFetch)
	if len(groups) == 1 {
		request.Group = groups[0].Name
		oldest = 2
	}
	return wire.Request{Request: request, Min: oldest, Max: multiGroupFetch, Throttle: 3}
}

// takeCommits fills in an answer. One that was too large to be read is asked
// for in halves.
func (s *scrape) takeCommits(ctx context.Context, n *broker.Node, groups []*cluster.Group, answer fetched, err error) []groupError {
	switch {
	case errors.Is(err, errOneGroup):
		return s.commitsOneByOne(ctx, n, groups)
	case kafkaerr.IsTooLarge(err) && len(groups) > 1:
		middle := len(groups) / 2
		return s.spread(ctx, n, 1, [][]*cluster.Group{groups[:middle], groups[middle:]})
	case err != nil:
		return allFailed(groups, err)
	}
	var failed []groupError
	for i, g := range groups {
		if err := s.takeGroup(g, &answer.groups[i]); err != nil {
			failed = append(failed, *err)
		}
	}
	return failed
}

// takeGroup fills in what one group committed, and returns what of it failed.
func (s *scrape) takeGroup(g *cluster.Group, answer *fetchedGroup) *groupError {
	switch {
	case !answer.answered:
		return &groupError{group: g.Name, err: kafkaerr.ErrNotAnswered}
	case vanished(answer.code):
		return nil
	case !kafkaerr.OK(answer.code):
		return &groupError{group: g.Name, err: answer.code}
	}
	g.CommitsKnown = true
	g.Commits = answer.commits
	s.memory.sizes.learn(g, answer.partitions)
	if answer.err != nil {
		return &groupError{group: g.Name, err: answer.err, partitions: answer.unknown}
	}
	return nil
}

func allFailed(groups []*cluster.Group, err error) []groupError {
	failed := make([]groupError, len(groups))
	for i, g := range groups {
		failed[i] = groupError{group: g.Name, err: err}
	}
	return failed
}
