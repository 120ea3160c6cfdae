// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package zookeeper

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Source reads what groups have committed to ZooKeeper beside the requests to
// Kafka.
//
// The last of those wait for the reading. A server that does not answer in time
// is therefore waited for once: from then on it is tried in the background, and
// no scrape waits until that has succeeded. One that refuses costs no time.
type Source struct {
	reader  *Reader
	group   func(string) bool
	timeout time.Duration
	trial   <-chan reading    // nil while the server answers
	hung    []cluster.Failure // what scrapes tell that do not wait
	ctx     context.Context   //nolint:containedctx // ends with Close
	stop    context.CancelFunc
}

// NewSource returns a source of the wanted groups' commits for cfg, which has been
// validated. timeout bounds each reading. It does not dial.
func NewSource(cfg Config, group func(string) bool, timeout time.Duration, log *zap.Logger) *Source {
	s := &Source{reader: NewReader(cfg, log), group: group, timeout: timeout}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// Commits returns what the wanted groups committed in the wanted topics, sorted
// by group. What could not be read is a failure. One goroutine at a time may call
// it.
func (s *Source) Commits(ctx context.Context, topic func(string) bool) ([]*cluster.Group, []cluster.Failure) {
	r := s.read(ctx, topic)
	return r.groups, r.failures
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

// read waits for the server unless it has not been heard of since it hung.
func (s *Source) read(ctx context.Context, topic func(string) bool) reading {
	if s.hangs(topic) {
		return reading{failures: s.hung}
	}
	r := <-s.begin(ctx, topic)
	if r.timedOut() {
		s.hung = slices.Clone(r.failures)
		for i, f := range r.failures {
			s.hung[i].Err = fmt.Errorf("not waited for since it was silent: %w", f.Err)
		}
		s.trial = s.begin(s.ctx, topic) //nolint:contextcheck // goes on after this scrape
	}
	return r
}

// hangs tells whether there is no news of a server that hung. What a trial read
// is not used: it may be as old as the scrape before.
func (s *Source) hangs(topic func(string) bool) bool {
	if s.trial == nil {
		return false
	}
	select {
	case r := <-s.trial:
		s.trial = nil
		if r.timedOut() {
			s.trial = s.begin(s.ctx, topic)
		}
	default:
	}
	return s.trial != nil
}

// begin reads in the background, until ctx or the client ends or the server is
// out of time.
func (s *Source) begin(ctx context.Context, topic func(string) bool) <-chan reading {
	read := make(chan reading, 1)
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	go func() {
		defer cancel()
		defer context.AfterFunc(s.ctx, cancel)() //nolint:contextcheck // the client's own end
		groups, failures := s.reader.Groups(ctx, s.group, topic)
		read <- reading{groups, failures}
	}()
	return read
}

// Close ends a reading that is under way.
func (s *Source) Close() { s.stop() }
