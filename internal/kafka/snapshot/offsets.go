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

// offsetsPerRequest is how many partitions one request asks for at most: more
// than a broker should lead, and far from the million elements above which
// Kafka 4.4 refuses an array.
const offsetsPerRequest = 100_000

// partitionRef is one partition of the snapshot.
type partitionRef struct {
	topic     *cluster.Topic
	partition *cluster.Partition
}

// offsetSpec is one end of a partition's log, and where the answer goes.
type offsetSpec struct {
	sentinel  int64
	extent    func(Request) PartitionScope
	committed func(Request) bool // the end is that of what is committed
	field     func(*cluster.Partition) *cluster.Offset
	// transactions says that only brokers that know transactions are asked.
	transactions bool
}

var (
	// The sentinels are answered from memory. A timestamp of 0 means the same
	// as the earliest, but has the broker walk index files.
	logEnd = offsetSpec{
		sentinel:  sarama.OffsetNewest,
		extent:    func(q Request) PartitionScope { return q.Ends },
		committed: func(q Request) bool { return q.Committed },
		field:     func(p *cluster.Partition) *cluster.Offset { return &p.End },
	}
	logStart = offsetSpec{
		sentinel:  sarama.OffsetOldest,
		extent:    func(q Request) PartitionScope { return q.Starts },
		committed: func(q Request) bool { return q.Committed },
		field:     func(p *cluster.Partition) *cluster.Offset { return &p.Start },
	}
)

// partitionError is a partition whose offset was not learned.
type partitionError struct {
	ref  partitionRef
	spec offsetSpec
	node *broker.Node // nil where no broker could be asked
	err  error
}

// offsetQuery is a spec, and the partitions to ask it of.
type offsetQuery struct {
	spec       offsetSpec
	partitions []partitionRef
}

// offsets asks every leader for the ends of its partitions' logs. Every commit
// is in by now, so that no end is older than a commit that it is compared with.
func (s *scrape) offsets(ctx context.Context) {
	var failed []partitionError
	for _, specs := range s.offsetSpecs() {
		failed = append(failed, s.insistOnOffsets(ctx, specs)...)
	}
	s.shareEnds()
	s.failed(offsetFailures(failed)...)
}

// insistOnOffsets asks for specs and returns what failed. Retriable errors are
// retried once, with the leader that fresh metadata names.
func (s *scrape) insistOnOffsets(ctx context.Context, specs []offsetSpec) []partitionError {
	failed := s.askOffsets(ctx, s.offsetQueries(specs))
	again := slices.ContainsFunc(failed, func(f partitionError) bool { return broker.Retriable(f.node, f.err) })
	if again && s.refreshForRetry(ctx) {
		s.followLeaders()
		failed = s.askOffsets(ctx, s.offsetQueries(specs))
	}
	return failed
}

// offsetQueries lists all that is to be asked and still unknown: a second time,
// what failed, and the partitions that have got a leader meanwhile.
func (s *scrape) offsetQueries(specs []offsetSpec) []offsetQuery {
	var committed map[*cluster.Partition]bool
	if s.ask.Ends == WhereCommitted || s.ask.Starts == WhereCommitted || s.ask.Part != nil {
		committed = s.snapshot.Committed()
	}
	var queries []offsetQuery
	for _, b := range specs {
		if extent := b.extent(s.ask); extent != Nowhere {
			unknown := slices.DeleteFunc(s.partitions(extent, committed), func(p partitionRef) bool { return b.field(p.partition).Known() })
			queries = append(queries, offsetQuery{b, unknown})
		}
	}
	return queries
}

// partitions lists partitions, given those in which groups have committed. Everywhere
// is in the topics that are reported here.
func (s *scrape) partitions(extent PartitionScope, committed map[*cluster.Partition]bool) []partitionRef {
	n := 0
	for _, topic := range s.snapshot.Topics {
		n += len(topic.Partitions)
	}
	partitions := make([]partitionRef, 0, n)
	for _, topic := range s.snapshot.Topics {
		for i := range topic.Partitions {
			if p := &topic.Partitions[i]; extent == Everywhere && !topic.Elsewhere || committed[p] {
				partitions = append(partitions, partitionRef{topic, p})
			}
		}
	}
	return partitions
}

// toLeader is one request.
type toLeader struct {
	node *broker.Node // nil where it is not among the brokers
	offsetQuery
}

// offsetsOf is what a leader answered to one request.
type offsetsOf struct {
	// offsets are those of the request's partitions, in its order, Unknown where
	// they failed. Nil where all did.
	offsets []cluster.Offset
	failed  []partitionError
}

// askOffsets asks in parallel, enters what it learns into the snapshot, and
// returns what failed.
func (s *scrape) askOffsets(ctx context.Context, queries []offsetQuery) []partitionError {
	requests := s.toLeaders(queries)
	answers := broker.Parallel(requests, func(r toLeader) offsetsOf { return s.offsetsOf(ctx, r) })
	var failed []partitionError
	for i, a := range answers {
		for at, offset := range a.offsets {
			*requests[i].spec.field(requests[i].partitions[at].partition) = offset
		}
		s.observePartitions(a.failed)
		failed = append(failed, a.failed...)
	}
	return failed
}

// toLeaders makes one request for each leader and spec, or more where a leader
// has too many partitions for one. A partition without a leader is not asked
// about and has not failed: nobody could answer.
func (s *scrape) toLeaders(queries []offsetQuery) []toLeader {
	nodes := map[int32]*broker.Node{}
	for _, n := range s.pool.Brokers() {
		nodes[n.ID] = n
	}
	var requests []toLeader
	for _, q := range queries {
		for leader, partitions := range byLeader(q.partitions) {
			for batch := range slices.Chunk(partitions, offsetsPerRequest) {
				requests = append(requests, toLeader{nodes[leader], offsetQuery{q.spec, batch}})
			}
		}
	}
	return requests
}

// byLeader sorts partitions by whom to ask.
func byLeader(partitions []partitionRef) map[int32][]partitionRef {
	by := map[int32][]partitionRef{}
	for _, p := range partitions {
		if leader := p.partition.Leader; leader != cluster.NoBroker {
			by[leader] = append(by[leader], p)
		}
	}
	return by
}

// offsetsOf asks one leader.
func (s *scrape) offsetsOf(ctx context.Context, r toLeader) offsetsOf {
	if r.node == nil {
		return offsetsOf{failed: allPartitionsFailed(r, kafkaerr.ErrNoLeader)}
	}
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	answer, err := broker.Ask(ctx, r.node, s.newListOffsetsRequest(r), func(in *wire.Reader) offsetsOf { return decodeOffsets(in, r) })
	switch {
	case r.spec.transactions && kafkaerr.IsUnsupported(err):
		return offsetsOf{offsets: slices.Repeat([]cluster.Offset{cluster.None}, len(r.partitions))}
	case err != nil:
		return offsetsOf{failed: allPartitionsFailed(r, err)}
	}
	return answer
}

func (s *scrape) newListOffsetsRequest(r toLeader) wire.Request {
	request := kmsg.NewPtrListOffsetsRequest()
	request.ReplicaID = -1       // not a broker
	if r.spec.committed(s.ask) { // left out for brokers before 0.11, which have no transactions
		request.IsolationLevel = 1
	}
	var topic *cluster.Topic
	for _, p := range r.partitions {
		if p.topic != topic { // its partitions come one after the other
			topic = p.topic
			of := kmsg.NewListOffsetsRequestTopic()
			of.Topic = topic.Name
			request.Topics = append(request.Topics, of)
		}
		partition := kmsg.NewListOffsetsRequestTopicPartition()
		partition.Partition, partition.Timestamp, partition.MaxNumOffsets = p.partition.ID, r.spec.sentinel, 1
		of := &request.Topics[len(request.Topics)-1]
		of.Partitions = append(of.Partitions, partition)
	}
	query := wire.ListOffsets(request)
	if r.spec.transactions {
		query.Min = firstWithIsolation
	}
	return query
}

// decodeOffsets reads a leader's answer to r. What it leaves out is unknown.
func decodeOffsets(in *wire.Reader, r toLeader) offsetsOf {
	a := offsetsOf{offsets: make([]cluster.Offset, len(r.partitions))}
	for i := range a.offsets {
		a.offsets[i] = cluster.Unknown
	}
	codes := map[int]sarama.KError{}
	topics := topicSpans(r.partitions)
	wire.EachOffset(in, func(p wire.PartitionOffset) {
		i, asked := topics[string(p.Topic)].find(r.partitions, p.Partition)
		switch code := sarama.KError(p.Code); {
		case !asked:
		case !kafkaerr.OK(code):
			codes[i] = code
		case p.Offset >= 0:
			a.offsets[i] = cluster.Offset(p.Offset)
		}
	})
	for i, offset := range a.offsets {
		switch code, failed := codes[i]; {
		case failed:
			a.offsets[i] = cluster.Unknown
			a.failed = append(a.failed, partitionError{r.partitions[i], r.spec, r.node, code})
		case !offset.Known():
			a.failed = append(a.failed, partitionError{r.partitions[i], r.spec, r.node, kafkaerr.ErrNotAnswered})
		}
	}
	return a
}

// span is where the partitions of one topic are in a request, sorted by id.
type span struct{ begin, end int }

// topicSpans finds the topics of a request, each of whose partitions come one
// after the other.
func topicSpans(partitions []partitionRef) map[string]span {
	spans := map[string]span{}
	begin := 0
	for i, p := range partitions {
		if p.topic != partitions[begin].topic {
			begin = i
		}
		if i+1 == len(partitions) || partitions[i+1].topic != p.topic {
			spans[p.topic.Name] = span{begin, i + 1}
		}
	}
	return spans
}

// find returns where a partition is in a request, if it is.
func (s span) find(partitions []partitionRef, id int32) (int, bool) {
	// Ids count from 0, so that only a part of a topic is searched.
	if i := s.begin + int(id); id >= 0 && i < s.end && partitions[i].partition.ID == id {
		return i, true
	}
	i, found := slices.BinarySearchFunc(partitions[s.begin:s.end], id, func(p partitionRef, id int32) int { return cmp.Compare(p.partition.ID, id) })
	return s.begin + i, found
}

func allPartitionsFailed(r toLeader, err error) []partitionError {
	failed := make([]partitionError, len(r.partitions))
	for i, p := range r.partitions {
		failed[i] = partitionError{p, r.spec, r.node, err}
	}
	return failed
}

// offsetFailures puts failed partitions together by broker and error. A
// partition that failed for both bounds counts once.
func offsetFailures(failed []partitionError) []cluster.Failure {
	type kind struct {
		node *broker.Node
		code string
	}
	var failures []cluster.Failure
	index := map[kind]int{}
	counted := map[*cluster.Partition]bool{}
	for _, f := range failed {
		next := broker.Failure(f.node, broker.APIListOffsets, f.err)
		k := kind{f.node, next.Code}
		i, seen := index[k]
		if !seen {
			i = len(failures)
			index[k] = i
			failures = append(failures, next)
		}
		if !counted[f.ref.partition] {
			counted[f.ref.partition] = true
			failures[i].Partitions++
		}
	}
	return failures
}
