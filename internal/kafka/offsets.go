// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"errors"
	"slices"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

const apiListOffsets = "ListOffsets"

var errNoLeader = errors.New("its leader is not among the brokers")

// place is one partition of the snapshot.
type place struct {
	topic     *cluster.Topic
	partition *cluster.Partition
}

// bound is one end of a partition's log, and where the answer goes.
type bound struct {
	sentinel int64
	field    func(*cluster.Partition) *cluster.Offset
}

var (
	// The sentinels are answered from memory. A timestamp of 0 means the same
	// as the earliest, but has the broker walk index files.
	logEnd   = bound{sarama.OffsetNewest, func(p *cluster.Partition) *cluster.Offset { return &p.End }}
	logStart = bound{sarama.OffsetOldest, func(p *cluster.Partition) *cluster.Offset { return &p.Start }}
)

// placeError is a partition whose offset was not learned.
type placeError struct {
	place place
	bound bound
	node  *node // nil where no broker could be asked
	err   error
}

// offsets asks every leader for the ends of its partitions' logs. Every commit
// is in by now, so that no end can be older than a commit that it is held
// against. What fails in a way that passes is asked once more, of the leader
// that fresh metadata names.
func (s *scrape) offsets(ctx context.Context) {
	var bounds []bound
	if s.ask.Ends {
		bounds = append(bounds, logEnd)
	}
	if s.ask.Starts {
		bounds = append(bounds, logStart)
	}
	failed := s.askOffsets(ctx, bounds, s.places())
	again := slices.ContainsFunc(failed, func(f placeError) bool { return passing(f.node, f.err) })
	if again && s.settle(ctx) {
		s.followLeaders()
		failed = s.askOffsetsAgain(ctx, bounds)
	}
	s.failed(offsetFailures(failed)...)
}

// places lists the partitions.
func (s *scrape) places() []place {
	var places []place
	for _, topic := range s.snapshot.Topics {
		for i := range topic.Partitions {
			places = append(places, place{topic, &topic.Partitions[i]})
		}
	}
	return places
}

// askOffsetsAgain asks for all that is still unknown: what failed, and the
// partitions that have got a leader meanwhile.
func (s *scrape) askOffsetsAgain(ctx context.Context, bounds []bound) []placeError {
	var failed []placeError
	for _, b := range bounds {
		unknown := slices.DeleteFunc(s.places(), func(p place) bool { return b.field(p.partition).Known() })
		failed = append(failed, s.askOffsets(ctx, []bound{b}, unknown)...)
	}
	return failed
}

// askOffsets asks side by side, one request for each leader and bound, and
// returns what failed. A partition without a leader is not asked about and has
// not failed: nobody could answer.
func (s *scrape) askOffsets(ctx context.Context, bounds []bound, places []place) []placeError {
	byLeader := map[int32][]place{}
	for _, p := range places {
		if p.partition.Leader != cluster.NoBroker {
			byLeader[p.partition.Leader] = append(byLeader[p.partition.Leader], p)
		}
	}
	answers := sideBySide(s.current(), func(n *node) []placeError {
		var failed []placeError
		for _, b := range bounds {
			failed = append(failed, s.offsetsOf(ctx, n, b, byLeader[n.id])...)
		}
		return failed
	})
	for _, failed := range answers {
		s.observePlaces(failed)
	}
	for leader, places := range byLeader {
		if _, ok := s.snapshot.Brokers[leader]; !ok {
			for _, b := range bounds {
				answers = append(answers, allPlacesFailed(nil, b, places, errNoLeader))
			}
		}
	}
	return slices.Concat(answers...)
}

// offsetsOf asks one leader. Each partition has one leader, so that leaders
// asked side by side fill in different partitions.
func (s *scrape) offsetsOf(ctx context.Context, n *node, b bound, places []place) []placeError {
	if len(places) == 0 {
		return nil
	}
	ctx, cancel := s.step(ctx)
	defer cancel()
	answer, err := ask(ctx, n, apiListOffsets, func(broker *sarama.Broker) (*sarama.OffsetResponse, error) {
		request := sarama.NewOffsetRequest(s.conf.Version)
		if s.ask.Committed { // left out for brokers before 0.11, which have no transactions
			request.IsolationLevel = sarama.ReadCommitted
		}
		for _, p := range places {
			request.AddBlock(p.topic.Name, p.partition.ID, b.sentinel, 1)
		}
		return broker.GetAvailableOffsets(request)
	})
	if err != nil {
		return allPlacesFailed(n, b, places, err)
	}
	var failed []placeError
	for _, p := range places {
		offset, err := decodeOffset(answer.Blocks[p.topic.Name][p.partition.ID])
		if err != nil {
			failed = append(failed, placeError{p, b, n, err})
			continue
		}
		*b.field(p.partition) = offset
	}
	return failed
}

func decodeOffset(block *sarama.OffsetResponseBlock) (cluster.Offset, error) {
	switch {
	case block == nil:
		return cluster.Unknown, errNotAnswered
	case !fine(block.Err):
		return cluster.Unknown, block.Err
	case len(block.Offsets) != 1 || block.Offsets[0] < 0: // version 0 tells a list
		return cluster.Unknown, errNotAnswered
	}
	return cluster.Offset(block.Offsets[0]), nil
}

func allPlacesFailed(n *node, b bound, places []place, err error) []placeError {
	failed := make([]placeError, len(places))
	for i, p := range places {
		failed[i] = placeError{p, b, n, err}
	}
	return failed
}

// offsetFailures puts failed partitions together by broker and error. A
// partition that failed for both bounds counts once.
func offsetFailures(failed []placeError) []cluster.Failure {
	type kind struct {
		node *node
		code string
	}
	var failures []cluster.Failure
	index := map[kind]int{}
	counted := map[*cluster.Partition]bool{}
	for _, f := range failed {
		next := failure(f.node, apiListOffsets, f.err)
		k := kind{f.node, next.Code}
		i, seen := index[k]
		if !seen {
			i = len(failures)
			index[k] = i
			failures = append(failures, next)
		}
		if !counted[f.place.partition] {
			counted[f.place.partition] = true
			failures[i].Partitions++
		}
	}
	return failures
}
