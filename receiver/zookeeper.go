// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka"
	"github.com/kafkalag/kafkalagreceiver/internal/zookeeper"
)

// withZooKeeper is a client that reads the offsets in ZooKeeper before it asks
// Kafka: no end is older than an offset that it is held against. Kafka waits for
// the reading, so that a ZooKeeper that hangs is left out of most scrapes.
type withZooKeeper struct {
	client
	reader  *zookeeper.Reader
	group   func(string) bool
	timeout time.Duration
	hangs   hangs
	ctx     context.Context //nolint:containedctx // ends with Close
	stop    context.CancelFunc
}

// addZooKeeper returns c, with ZooKeeper where cfg wants that.
func addZooKeeper(c client, cfg *Config, log *zap.Logger) client {
	if !readsZooKeeper(cfg) {
		return c
	}
	w := &withZooKeeper{
		client:  c,
		reader:  zookeeper.NewReader(cfg.ZooKeeper, log),
		group:   newFilter(cfg.GroupMatch, cfg.GroupExclude).wants,
		timeout: cfg.RequestTimeout,
	}
	w.ctx, w.stop = context.WithCancel(context.Background())
	return w
}

// Snapshot is Kafka's, to which ZooKeeper's groups are added. What ZooKeeper does
// not tell costs nothing else.
func (w *withZooKeeper) Snapshot(ctx context.Context, ask kafka.Questions) (*cluster.Snapshot, error) {
	groups, failures := w.readUnlessItHangs(ctx, ask.Topic)
	s, err := w.client.Snapshot(ctx, ask)
	s.ZooKeeper = groups
	s.Failures = append(s.Failures, failures...)
	return s, err
}

func (w *withZooKeeper) readUnlessItHangs(ctx context.Context, topic func(string) bool) ([]*cluster.Group, []cluster.Failure) {
	if w.hangs.skipped() {
		return nil, w.hangs.last
	}
	groups, failures := w.read(ctx, topic)
	w.hangs.learn(failures)
	return groups, failures
}

func (w *withZooKeeper) read(ctx context.Context, topic func(string) bool) ([]*cluster.Group, []cluster.Failure) {
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	defer context.AfterFunc(w.ctx, cancel)() //nolint:contextcheck // the client's own end
	return w.reader.Groups(ctx, w.group, topic)
}

// Close ends a reading too.
func (w *withZooKeeper) Close() {
	w.stop()
	w.client.Close()
}
