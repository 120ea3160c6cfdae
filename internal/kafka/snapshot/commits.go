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
	// fetches is how many requests go to one broker in parallel, each on a
	// connection of its own, because a connection serves one at a time: while
	// one answer is decoded the broker works on the next.
	fetches = 2
	// singleFetches is the same where a request takes one group only, and the
	// way there and back is most of its time.
	singleFetches = 8
)

var errOneGroup = errors.New("the broker takes one group in a request")

// commitAnswers is what a broker answered about the commits of its groups.
type commitAnswers struct {
	failed []groupError
	sizes  []groupSize // of the groups that it answered for
}

// groupSize is how many partitions a group was answered with.
type groupSize struct {
	group   *cluster.Group
	commits int
}

func (c *commitAnswers) add(more commitAnswers) {
	c.failed = append(c.failed, more.failed...)
	c.sizes = append(c.sizes, more.sizes...)
}

// commits asks n, the coordinator of groups, for all that they committed and
// fills it in. It also returns whether the broker takes several groups in one
// request, which the first answer shows.
func (s *scrape) commits(ctx context.Context, n *broker.Node, groups []*cluster.Group) (all commitAnswers, multiGroup bool) {
	batches := s.memory.sizes.batches(groups)
	if s.memory.multiGroup[n.ID] {
		return s.spread(ctx, n, fetches, batches), true
	}
	answer, err := s.fetch(ctx, n, batches[0])
	if errors.Is(err, errOneGroup) {
		return s.commitsOneByOne(ctx, n, groups), false
	}
	multiGroup = err == nil && answer.version >= multiGroupFetch
	all = s.takeCommits(ctx, n, batches[0], answer, err)
	all.add(s.spread(ctx, n, fetches, batches[1:]))
	return all, multiGroup
}

func (s *scrape) commitsOneByOne(ctx context.Context, n *broker.Node, groups []*cluster.Group) commitAnswers {
	return s.spread(ctx, n, singleFetches, slices.Collect(slices.Chunk(groups, 1)))
}

// spread has some workers ask for the batches.
func (s *scrape) spread(ctx context.Context, n *broker.Node, workers int, batches [][]*cluster.Group) commitAnswers {
	answers := make([]commitAnswers, min(workers, len(batches)))
	next := make(chan []*cluster.Group)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() {
			for batch := range next {
				answer, err := s.fetch(ctx, n, batch)
				answers[i].add(s.takeCommits(ctx, n, batch, answer, err))
			}
		})
	}
	for _, batch := range batches {
		next <- batch
	}
	close(next)
	wait.Wait()
	var all commitAnswers
	for _, answer := range answers {
		all.add(answer)
	}
	return all
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
// is the first to return without a list of partitions.
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
func (s *scrape) takeCommits(ctx context.Context, n *broker.Node, groups []*cluster.Group, answer fetched, err error) commitAnswers {
	switch {
	case errors.Is(err, errOneGroup):
		return s.commitsOneByOne(ctx, n, groups)
	case kafkaerr.IsTooLarge(err) && len(groups) > 1:
		middle := len(groups) / 2
		return s.spread(ctx, n, 1, [][]*cluster.Group{groups[:middle], groups[middle:]})
	case err != nil:
		return commitAnswers{failed: allFailed(groups, err)}
	}
	var all commitAnswers
	for i, g := range groups {
		if err := takeGroup(g, &answer.groups[i]); err != nil {
			all.failed = append(all.failed, *err)
		}
		if g.CommitsKnown {
			all.sizes = append(all.sizes, groupSize{g, answer.groups[i].partitions})
		}
	}
	return all
}

// takeGroup fills in what one group committed, and returns what of it failed.
func takeGroup(g *cluster.Group, answer *fetchedGroup) *groupError {
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
