// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

const (
	apiOffsetFetch = "OffsetFetch"
	// groupsPerRequest is how many groups one request asks for.
	groupsPerRequest = 100
	// parallelFetches is how many connections share the work where a request
	// takes one group only: a connection serves one request at a time.
	parallelFetches = 4
)

var errNotAnswered = errors.New("left out of the answer")

// commits asks n, the coordinator of groups, for all that they committed and
// fills it in. It returns the groups that failed.
func (s *scrape) commits(ctx context.Context, n *node, groups []*cluster.Group) []groupError {
	ctx, cancel := s.step(ctx)
	defer cancel()
	var failed []groupError
	for batch := range slices.Chunk(groups, groupsPerRequest) {
		failed = append(failed, s.commitsOfMany(ctx, n, batch)...)
	}
	return failed
}

// commitsOfMany asks for several groups in one request. Before Kafka 3.0 that
// takes one group only: the library then refuses to send it, which costs
// nothing.
func (s *scrape) commitsOfMany(ctx context.Context, n *node, groups []*cluster.Group) []groupError {
	type sent struct {
		version int16
		answer  *sarama.OffsetFetchResponse
	}
	got, err := ask(ctx, n, apiOffsetFetch, func(b *sarama.Broker) (sent, error) {
		request := sarama.NewOffsetFetchRequest(s.conf.Version, "", nil)
		request.Groups = request.Groups[:0]
		for _, g := range groups {
			request.Groups = append(request.Groups, sarama.OffsetFetchRequestGroup{GroupId: g.Name})
		}
		answer, err := b.FetchOffset(request)
		return sent{request.Version, answer}, err
	})
	if unsent(err) && got.version < 8 {
		return s.commitsOneByOne(ctx, n, groups)
	}
	if err != nil {
		return allFailed(groups, err)
	}
	if got.version < 8 { // a single group, which such a request takes
		return s.decodeGroup(groups[0], got.answer.Blocks, got.answer.Err)
	}
	return s.decodeGroups(groups, got.answer)
}

// commitsOneByOne spreads one request for each group over a few connections.
func (s *scrape) commitsOneByOne(ctx context.Context, n *node, groups []*cluster.Group) []groupError {
	failed := make([][]groupError, parallelFetches)
	next := make(chan *cluster.Group)
	var wait sync.WaitGroup
	for i := range failed {
		wait.Go(func() {
			for g := range next {
				failed[i] = append(failed[i], s.commitsOfOne(ctx, n, g)...)
			}
		})
	}
	for _, g := range groups {
		next <- g
	}
	close(next)
	wait.Wait()
	return slices.Concat(failed...)
}

func (s *scrape) commitsOfOne(ctx context.Context, n *node, g *cluster.Group) []groupError {
	answer, err := ask(ctx, n, apiOffsetFetch, func(b *sarama.Broker) (*sarama.OffsetFetchResponse, error) {
		return b.FetchOffset(sarama.NewOffsetFetchRequest(s.conf.Version, g.Name, nil))
	})
	if err != nil {
		return []groupError{{group: g.Name, err: err}}
	}
	return s.decodeGroup(g, answer.Blocks, answer.Err)
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
			failed = append(failed, groupError{group: g.Name, err: errNotAnswered})
		}
	}
	return failed
}

// decodeGroup fills in what one group committed.
func (s *scrape) decodeGroup(g *cluster.Group, blocks map[string]map[int32]*sarama.OffsetFetchResponseBlock, code sarama.KError) []groupError {
	switch {
	case vanished(code):
		return nil
	case !fine(code):
		return []groupError{{group: g.Name, err: code}}
	}
	g.CommitsKnown = true
	g.Commits = make([]cluster.TopicCommits, 0, len(blocks))
	failed := groupError{group: g.Name}
	for topic, partitions := range blocks {
		// A broker answers for every topic that the group ever used.
		if len(partitions) == 0 || !s.ask.Topic(topic) {
			continue
		}
		commits, unknown, err := decodeCommits(partitions)
		if err != nil {
			failed.err, failed.partitions = err, failed.partitions+unknown
		}
		g.Commits = append(g.Commits, cluster.TopicCommits{Topic: s.intern(topic), Partitions: commits})
	}
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
		if !fine(block.Err) {
			offset, err = cluster.Unknown, block.Err
			unknown++
		}
		commits = append(commits, cluster.Commit{Partition: id, Offset: offset})
	}
	slices.SortFunc(commits, func(a, b cluster.Commit) int { return cmp.Compare(a.Partition, b.Partition) })
	return commits, unknown, err
}

// intern returns the metadata's own string for a topic: thousands of groups
// name the same ones, and an answer's string would keep a copy for each.
func (s *scrape) intern(topic string) string {
	if t := s.snapshot.Topics[topic]; t != nil {
		return t.Name
	}
	return topic
}

func allFailed(groups []*cluster.Group, err error) []groupError {
	failed := make([]groupError, len(groups))
	for i, g := range groups {
		failed[i] = groupError{group: g.Name, err: err}
	}
	return failed
}
