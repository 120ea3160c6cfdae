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
	"github.com/kafkalag/kafkalagreceiver/internal/pending"
)

// Source reads the offsets that groups have committed to ZooKeeper, while a scrape
// sends its requests to Kafka.
//
// The last of those requests wait for it. So a scrape waits only once for a server
// that does not answer in time: from then on the server is tried in the background,
// and no scrape waits until that succeeds. A server that refuses costs no time.
type Source struct {
	reader  *Reader
	group   func(string) bool
	timeout time.Duration
	trial   pending.Call[reading] // runs from a time-out until the server answers again
	hung    []cluster.Failure     // the failures of scrapes that do not wait
	ctx     context.Context       //nolint:containedctx // ends with Close
	stop    context.CancelFunc
}

// NewSource returns a source of the wanted groups' commits. cfg has been validated.
// timeout bounds each reading. It does not dial.
func NewSource(cfg Config, group func(string) bool, timeout time.Duration, log *zap.Logger) *Source {
	s := &Source{reader: NewReader(cfg, log), group: group, timeout: timeout}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// Commits returns what the wanted groups committed in the wanted topics, sorted by
// group, and a failure for what could not be read. One goroutine at a time may call
// it.
func (s *Source) Commits(ctx context.Context, topic func(string) bool) ([]*cluster.Group, []cluster.Failure) {
	r := s.read(ctx, topic)
	return r.groups, r.failures
}

// reading is what one reading returned.
type reading struct {
	groups   []*cluster.Group
	failures []cluster.Failure
}

// timedOut reports whether the server did not answer in time.
func (r reading) timedOut() bool {
	return slices.ContainsFunc(r.failures, func(f cluster.Failure) bool { return f.Code == cluster.CodeNoAnswer })
}

// read waits for the server, unless it has not answered since it hung.
func (s *Source) read(ctx context.Context, topic func(string) bool) reading {
	if s.hangs(topic) { //nolint:contextcheck // a trial goes on after this scrape
		return reading{failures: s.hung}
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)() //nolint:contextcheck // the source's own end
	r := s.readUntil(ctx, topic)
	if r.timedOut() {
		s.hung = slices.Clone(r.failures)
		for i, f := range r.failures {
			s.hung[i].Err = fmt.Errorf("not waited for since it was silent: %w", f.Err)
		}
		s.try(topic) //nolint:contextcheck // goes on after this scrape
	}
	return r
}

// hangs reports whether a server that hung has still not answered. What a trial read
// is not used: it may be as old as the scrape before.
func (s *Source) hangs(topic func(string) bool) bool {
	if r, ended := s.trial.Poll(); ended && r.timedOut() {
		s.try(topic)
	}
	return s.trial.Running()
}

// try reads in the background, until the source ends or the time is up.
func (s *Source) try(topic func(string) bool) {
	ctx, cancel := context.WithTimeout(s.ctx, s.timeout)
	s.trial.Start(func() reading {
		defer cancel()
		return s.readUntil(ctx, topic)
	})
}

func (s *Source) readUntil(ctx context.Context, topic func(string) bool) reading {
	groups, failures := s.reader.Groups(ctx, s.group, topic)
	return reading{groups, failures}
}

// Close ends a reading that is under way.
func (s *Source) Close() { s.stop() }
