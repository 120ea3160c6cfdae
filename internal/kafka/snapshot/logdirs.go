// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// errNoLogDirs is what brokers before Kafka 3.0 say without a word to those who
// may not ask.
var errNoLogDirs = fmt.Errorf("%w: every log directory, as for a login that may not describe the cluster", kafkaerr.ErrNotAnswered)

// logDirError is a directory that the broker cannot describe: mostly for being offline.
type logDirError struct {
	path string
	code sarama.KError
}

func (e *logDirError) Error() string { return fmt.Sprintf("log directory %s: %v", e.path, e.code) }
func (e *logDirError) Unwrap() error { return e.code }

// logDirs asks every broker for its log directories, and learns the size of the
// partitions that it leads. Nothing else depends on it.
func (s *scrape) logDirs(ctx context.Context) {
	now := time.Now()
	nodes := s.pool.Brokers()
	if !s.ask.Sizes && (!s.ask.LogDirs || s.snapshot.Elsewhere) {
		nodes = s.sizesDue(now, nodes)
	}
	if len(nodes) == 0 {
		return
	}
	s.snapshot.LogDirs = make(map[int32][]cluster.LogDir, len(nodes))
	for _, a := range broker.Parallel(nodes, func(n *broker.Node) logDirsOf { return s.logDirsOf(ctx, n) }) {
		if a.err != nil {
			s.failed(broker.Failure(a.node, broker.APIDescribeLogDirs, a.err))
			continue
		}
		s.enterLogDirs(a)
		s.memory.sizedAt[a.node.ID] = now
	}
}

// sizesDue lists the brokers whose partitions' sizes are needed and old.
func (s *scrape) sizesDue(now time.Time, nodes []*broker.Node) []*broker.Node {
	if !s.ask.DeletionBySize || !s.limitsSize() {
		return nil
	}
	maxAge := cmp.Or(s.metadata.maxAge, configAge)
	return slices.DeleteFunc(nodes, func(n *broker.Node) bool { return now.Sub(s.memory.sizedAt[n.ID]) < maxAge })
}

// limitsSize reports whether a topic in use is limited in size.
func (s *scrape) limitsSize() bool {
	for _, topic := range s.snapshot.Topics {
		if topic.Config.LimitsSize() {
			return true
		}
	}
	return false
}

// logDirsOf is what one broker answered.
type logDirsOf struct {
	node   *broker.Node
	code   sarama.KError
	dirs   []cluster.LogDir
	failed []*logDirError
	sizes  map[*cluster.Partition]int64 // of partitions that the broker leads
	err    error
}

// logDirsOf asks one broker.
func (s *scrape) logDirsOf(ctx context.Context, n *broker.Node) logDirsOf {
	ctx, cancel := s.pool.WithRequestTimeout(ctx)
	defer cancel()
	a, err := broker.Ask(ctx, n, newDescribeLogDirsRequest(), func(r *wire.Reader) logDirsOf { return s.decodeLogDirs(r, n) })
	switch {
	case err != nil:
		a.err = err
	case !kafkaerr.OK(a.code):
		a.err = a.code
		s.pool.Observe(broker.APIDescribeLogDirs, a.err)
	case len(a.dirs)+len(a.failed) == 0:
		a.err = errNoLogDirs
	}
	a.node = n
	return a
}

// newDescribeLogDirsRequest asks for all: it names no topics.
func newDescribeLogDirsRequest() wire.Request {
	return wire.Request{Request: kmsg.NewPtrDescribeLogDirsRequest(), Max: 5}
}

// enterLogDirs enters one broker's answer into the snapshot.
func (s *scrape) enterLogDirs(a logDirsOf) {
	for _, dir := range a.failed {
		s.pool.Observe(broker.APIDescribeLogDirs, dir.code)
		s.failed(broker.Failure(a.node, broker.APIDescribeLogDirs, dir))
		if dir.code == sarama.ErrKafkaStorageError {
			a.dirs = append(a.dirs, cluster.LogDir{Path: dir.path, Offline: true})
		}
	}
	for p, size := range a.sizes {
		p.Size, p.SizeKnown = size, true
	}
	slices.SortFunc(a.dirs, func(x, y cluster.LogDir) int { return strings.Compare(x.Path, y.Path) })
	if len(a.dirs) > 0 {
		s.snapshot.LogDirs[a.node.ID] = a.dirs
	}
}

// Bytes of memory that an element costs.
const (
	logDirMemory    = 56
	logDirErrMemory = 130
	sizeMemory      = 40
)

// decodeLogDirs reads n's answer.
func (s *scrape) decodeLogDirs(r *wire.Reader, node *broker.Node) logDirsOf {
	const withCode, withVolume, withCordons = 3, 4, 5
	a := logDirsOf{sizes: map[*cluster.Partition]int64{}}
	if r.Version >= withCode {
		a.code = sarama.KError(r.Int16())
	}
	n := r.Len(wire.Size{Fixed: 2, Strings: 1, Arrays: 1})
	if !r.Spend(logDirMemory * n) {
		return a
	}
	a.dirs = make([]cluster.LogDir, 0, n)
	for range r.Elements(n) {
		code := sarama.KError(r.Int16())
		dir := cluster.LogDir{Path: r.String(), SizeKnown: true}
		s.decodeSizes(r, node, &dir, a.sizes)
		if r.Version >= withVolume {
			dir.Total, dir.Usable = r.Int64(), r.Int64()
			dir.VolumeKnown = dir.Total >= 0 && dir.Usable >= 0
		}
		if !dir.VolumeKnown {
			dir.Total, dir.Usable = 0, 0
		}
		if r.Version >= withCordons {
			dir.Cordoned, dir.CordonedKnown = r.Bool(), true
		}
		if kafkaerr.OK(code) {
			a.dirs = append(a.dirs, dir)
		} else if r.Spend(logDirErrMemory) {
			a.failed = append(a.failed, &logDirError{dir.Path, code})
		}
	}
	return a
}

// decodeSizes adds up one directory, and takes the sizes of the partitions that n
// leads. A log that is moving in from another directory takes space, and is not
// yet the partition's.
func (s *scrape) decodeSizes(r *wire.Reader, n *broker.Node, dir *cluster.LogDir, sizes map[*cluster.Partition]int64) {
	for range r.Each(wire.Size{Strings: 1, Arrays: 1}) {
		topic := s.snapshot.Topics[string(r.Text())]
		for range r.Each(wire.Size{Fixed: 21}) {
			id, size := r.Int32(), r.Int64()
			r.Int64() // how far it is behind
			moving := r.Bool()
			if size < 0 || size > math.MaxInt64-dir.Size {
				dir.SizeKnown = false
				continue
			}
			dir.Size += size
			if topic == nil || moving {
				continue
			}
			if mine := topic.Find(id); mine != nil && mine.Leader == n.ID && r.Spend(sizeMemory) {
				sizes[mine] = size
			}
		}
	}
}
