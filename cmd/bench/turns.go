// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// maxUnsettled bounds the scrapes that the search for time lag may take until
// it is done: where records come all the time, it never is.
const maxUnsettled = 100

// longestSettling is enough even for a million group-partitions.
const longestSettling = 1500 * time.Millisecond

// measured is a process that scrapes by itself.
type measured interface {
	next(limit time.Duration) (sample, error)
	// waiting reports whether there has been a scrape since the one that next gave.
	waiting() bool
	pid() int
}

// turns measures some processes and a floor for each, or for none, by turns: after a
// scrape of the one, a round of its floor, then the scrape of the next. They keep out
// of each other's way because each began when the scrape of the one before was
// over and scrapes at the same interval as all.
type turns struct {
	subjects []*subject
	share    time.Duration // of the interval, for each
	over     time.Time     // when the last turn was
	// move has the cluster move on between the turns while the search for time lag
	// is to be busy; nil where it stands still.
	move func(context.Context) error
}

// subject is a process and its floor, with what has been measured of each.
type subject struct {
	name        string
	m           measured
	f           *child // nil: there is no floor
	mine, floor []sample
	early       bool // a scrape came before its turn
}

// join takes part. The first round does not count: it makes connections.
func (t *turns) join(name, seed string, m measured, share time.Duration) error {
	f, err := startChild(roleFloor, seed)
	if err != nil {
		return err
	}
	return t.add(&subject{name: name, m: m, f: f}, share)
}

// joinBare takes part without a floor.
func (t *turns) joinBare(name string, m measured, share time.Duration) error {
	return t.add(&subject{name: name, m: m}, share)
}

func (t *turns) add(s *subject, share time.Duration) error {
	t.subjects, t.share = append(t.subjects, s), share
	return t.turn(s)
}

func (t *turns) stop() {
	for _, s := range t.subjects {
		if s.f != nil {
			s.f.stop()
		}
	}
}

// turn waits for a scrape and has the floor do a round, which ends within the
// subject's share of the interval. A scrape that began before the turn of another
// was over has disturbed it.
func (t *turns) turn(s *subject) error {
	got, err := s.m.next(patience)
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	s.mine = append(s.mine, got)
	s.early = s.early || got.Began.Before(t.over)
	settle(t.share)
	if s.f != nil {
		if got, err = s.f.ask(patience); err != nil {
			return fmt.Errorf("floor: %w", err)
		}
		s.floor = append(s.floor, got)
	}
	s.look()
	t.over = time.Now()
	return nil
}

// look sees whether a scrape has come before its turn, and was measured beside
// something else.
func (s *subject) look() { s.early = s.early || s.m.waiting() }

// settle lets what a scrape leaves behind (exporting it, freeing it) come to
// its end before the floor's turn.
func settle(share time.Duration) { time.Sleep(min(share/2, longestSettling)) }

// once is a turn of each.
func (t *turns) once(ctx context.Context) error {
	for _, s := range t.subjects {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := t.turn(s); err != nil {
			return err
		}
	}
	return nil
}

// rows measures with the search for time lag done and, where there is one
// subject, before that with the search at work on what groups left behind and
// on a cluster that is written to and read: several subjects would disturb each other.
func (t *turns) rows(ctx context.Context, o options) (rows []row, err error) {
	if len(t.subjects) == 1 && o.searches() {
		t.begin()
		for range o.rounds {
			if err := t.once(ctx); err != nil {
				return nil, err
			}
			if t.move == nil {
				continue
			}
			if err := t.move(ctx); err != nil {
				return nil, err
			}
			t.subjects[0].look()
			t.over = time.Now()
		}
		if rows, err = t.addRows(rows, o.rounds, true); err != nil {
			return nil, err
		}
	}
	for n := 0; !t.settled(); n++ {
		if n == maxUnsettled {
			if o.kafka == "" {
				return nil, fmt.Errorf("the search for time lag is still busy after %d scrapes; -search-budget hastens it", n)
			}
			fmt.Fprintf(os.Stderr, "the search for time lag is still busy after %d scrapes\n", n)
			break
		}
		if err := t.once(ctx); err != nil {
			return nil, err
		}
	}
	t.begin()
	for range o.rounds {
		if err := t.once(ctx); err != nil {
			return nil, err
		}
	}
	return t.addRows(rows, o.rounds, false)
}

// begin forgets what came too early before it counts.
func (t *turns) begin() {
	for _, s := range t.subjects {
		s.early = false
	}
}

// settled reports whether nothing has been searched for since the scrape before
// the last of each.
func (t *turns) settled() bool {
	for _, s := range t.subjects {
		n := len(s.mine) - 1
		if n < 2 || s.mine[n].Lookups > s.mine[n-2].Lookups {
			return false
		}
	}
	return true
}

// addRows adds the rows of the last n rounds.
func (t *turns) addRows(rows []row, n int, busy bool) (_ []row, err error) {
	for _, s := range t.subjects {
		// The one before them is what they are counted from.
		first := len(s.mine) - 1 - n
		r := rowOf(s.name, s.mine[first:])
		r.busy, r.early = busy, s.early
		if r.peak, err = peakOf(s.m.pid()); err != nil {
			return nil, err
		}
		if r.floor, err = s.floorRow(first); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// floorRow is the row of the floor, nil where there is none.
func (s *subject) floorRow(first int) (_ *row, err error) {
	if s.f == nil {
		return nil, nil
	}
	r := rowOf("floor", s.floor[first:])
	r.peak, err = peakOf(s.f.pid())
	return &r, err
}
