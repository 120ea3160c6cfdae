// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/internal/zookeeper"
)

// withZooKeeper is a client that has the offsets in ZooKeeper read beside the
// questions to Kafka.
//
// The last of those wait for the reading. A server that does not answer in time
// is therefore waited for once: from then on it is tried in the background, and
// no scrape waits until that has succeeded. One that refuses costs no time.
type withZooKeeper struct {
	client
	reader  *zookeeper.Reader
	group   func(string) bool
	timeout time.Duration
	trial   <-chan reading    // nil while the server answers
	hung    []cluster.Failure // what scrapes tell that do not wait
	ctx     context.Context   //nolint:containedctx // ends with Close
	stop    context.CancelFunc
}

// reading is what ZooKeeper told.
type reading struct {
	groups   []*cluster.Group
	failures []cluster.Failure
}

// timedOut tells whether the server kept the reading waiting.
func (r reading) timedOut() bool {
	return slices.ContainsFunc(r.failures, func(f cluster.Failure) bool { return f.Code == cluster.CodeNoAnswer })
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

// Snapshot is Kafka's, with ZooKeeper's groups. What ZooKeeper does not tell
// costs nothing else.
func (w *withZooKeeper) Snapshot(ctx context.Context, ask snapshot.Request) (*cluster.Snapshot, error) {
	ask.ZooKeeper = func(ctx context.Context) ([]*cluster.Group, []cluster.Failure) {
		r := w.read(ctx, ask.Topic)
		return r.groups, r.failures
	}
	return w.client.Snapshot(ctx, ask)
}

// read waits for the server unless it has not been heard of since it hung.
func (w *withZooKeeper) read(ctx context.Context, topic func(string) bool) reading {
	if w.hangs(topic) {
		return reading{failures: w.hung}
	}
	r := <-w.begin(ctx, topic)
	if r.timedOut() {
		w.hung = slices.Clone(r.failures)
		for i, f := range r.failures {
			w.hung[i].Err = fmt.Errorf("not waited for since it was silent: %w", f.Err)
		}
		w.trial = w.begin(w.ctx, topic) //nolint:contextcheck // goes on after this scrape
	}
	return r
}

// hangs tells whether there is no news of a server that hung. What a trial read
// is not used: it may be as old as the scrape before.
func (w *withZooKeeper) hangs(topic func(string) bool) bool {
	if w.trial == nil {
		return false
	}
	select {
	case r := <-w.trial:
		w.trial = nil
		if r.timedOut() {
			w.trial = w.begin(w.ctx, topic)
		}
	default:
	}
	return w.trial != nil
}

// begin reads in the background, until ctx or the client ends or the server is
// out of time.
func (w *withZooKeeper) begin(ctx context.Context, topic func(string) bool) <-chan reading {
	read := make(chan reading, 1)
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	go func() {
		defer cancel()
		defer context.AfterFunc(w.ctx, cancel)() //nolint:contextcheck // the client's own end
		groups, failures := w.reader.Groups(ctx, w.group, topic)
		read <- reading{groups, failures}
	}()
	return read
}

// Close ends a reading too.
func (w *withZooKeeper) Close() {
	w.stop()
	w.client.Close()
}
