// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// errNoLogDirs is what brokers before Kafka 3.0 say without a word to those who
// may not ask.
var errNoLogDirs = fmt.Errorf("%w: every log directory, as for a login that may not describe the cluster", kafkaerr.ErrNotAnswered)

// offlineDirError is a directory that the broker cannot read or write.
type offlineDirError struct {
	path string
	code sarama.KError
}

func (e *offlineDirError) Error() string { return fmt.Sprintf("log directory %s: %v", e.path, e.code) }
func (e *offlineDirError) Unwrap() error { return e.code }

// logDirs asks every broker for its log directories, and learns the size of the
// partitions that it leads. Nothing else depends on it.
func (s *scrape) logDirs(ctx context.Context) {
	if !s.ask.LogDirs {
		return
	}
	nodes := s.pool.Brokers()
	s.snapshot.LogDirs = make(map[int32][]cluster.LogDir, len(nodes))
	for _, a := range broker.Parallel(nodes, func(n *broker.Node) logDirsOf { return s.logDirsOf(ctx, n) }) {
		if a.err != nil {
			s.failed(broker.Failure(a.node, broker.APIDescribeLogDirs, a.err))
			continue
		}
		s.enterLogDirs(a)
	}
}

// logDirsOf is what one broker told.
type logDirsOf struct {
	node   *broker.Node
	answer *sarama.DescribeLogDirsResponse
	err    error
}

// logDirsOf asks one broker.
func (s *scrape) logDirsOf(ctx context.Context, n *broker.Node) logDirsOf {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	answer, err := broker.Ask(ctx, n, broker.APIDescribeLogDirs, func(b *sarama.Broker) (*sarama.DescribeLogDirsResponse, error) {
		return b.DescribeLogDirs(newDescribeLogDirsRequest(s.pool.Version()))
	})
	switch {
	case err != nil:
	case !kafkaerr.OK(answer.ErrorCode):
		err = answer.ErrorCode
		s.pool.Observe(broker.APIDescribeLogDirs, err)
	case len(answer.LogDirs) == 0:
		err = errNoLogDirs
	}
	return logDirsOf{n, answer, err}
}

// enterLogDirs enters one broker's answer into the snapshot.
func (s *scrape) enterLogDirs(a logDirsOf) {
	var dirs []cluster.LogDir
	for i := range a.answer.LogDirs {
		dir := &a.answer.LogDirs[i]
		if !kafkaerr.OK(dir.ErrorCode) {
			s.pool.Observe(broker.APIDescribeLogDirs, dir.ErrorCode)
			s.failed(broker.Failure(a.node, broker.APIDescribeLogDirs, &offlineDirError{dir.Path, dir.ErrorCode}))
			continue
		}
		dirs = append(dirs, s.decodeLogDir(a.node.ID, dir, a.answer.Version >= 4))
	}
	slices.SortFunc(dirs, func(x, y cluster.LogDir) int { return strings.Compare(x.Path, y.Path) })
	if len(dirs) > 0 {
		s.snapshot.LogDirs[a.node.ID] = dirs
	}
}

// decodeLogDir adds up one directory and fills in the sizes of the partitions
// that the broker leads. A log that is moving in from another directory takes
// space, and is not yet the partition's.
func (s *scrape) decodeLogDir(broker int32, told *sarama.DescribeLogDirsResponseDirMetadata, volume bool) cluster.LogDir {
	dir := cluster.LogDir{Path: told.Path, SizeKnown: true}
	if volume && told.TotalBytes >= 0 && told.UsableBytes >= 0 {
		dir.Total, dir.Usable, dir.VolumeKnown = told.TotalBytes, told.UsableBytes, true
	}
	for _, t := range told.Topics {
		topic := s.snapshot.Topics[t.Topic]
		for _, p := range t.Partitions {
			if p.Size < 0 || p.Size > math.MaxInt64-dir.Size {
				dir.SizeKnown = false
				continue
			}
			dir.Size += p.Size
			if topic == nil || p.IsTemporary {
				continue
			}
			if mine := topic.Find(p.PartitionID); mine != nil && mine.Leader == broker {
				mine.Size, mine.SizeKnown = p.Size, true
			}
		}
	}
	return dir
}

func newDescribeLogDirsRequest(version sarama.KafkaVersion) *sarama.DescribeLogDirsRequest {
	switch {
	case version.IsAtLeast(sarama.V3_3_0_0):
		return &sarama.DescribeLogDirsRequest{Version: 4}
	case version.IsAtLeast(sarama.V3_2_0_0):
		return &sarama.DescribeLogDirsRequest{Version: 3}
	case version.IsAtLeast(sarama.V2_6_0_0):
		return &sarama.DescribeLogDirsRequest{Version: 2}
	case version.IsAtLeast(sarama.V2_0_0_0):
		return &sarama.DescribeLogDirsRequest{Version: 1}
	}
	return &sarama.DescribeLogDirsRequest{}
}
