// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
	"time"
)

// shared is what one receiver takes for a cluster, and what several take that share it.
type shared struct {
	one     row
	members []row
	// differs says that the points of the members together are not those of the one.
	differs bool
}

// measureSharing holds receivers that share a cluster against one that has it alone.
func measureSharing(ctx context.Context, o options, c target, out io.Writer) error {
	fmt.Fprintf(out, "%v\n%d scrapes each, in turns with each other, time lag settled\n\n", c.size, o.rounds)
	s, err := o.share(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(s.print(out), printBars(out, s.bars()), inTurn(append(s.members, s.one)))
}

func (o options) share(ctx context.Context, c target) (s shared, err error) {
	t := turns{}
	var receivers []*child
	for i := range 1 + o.members {
		name, role := "one", receiverRole{Config: o.receiverConfig(c.brokers, o.every)}
		if i > 0 {
			name = fmt.Sprintf("member %d of %d", i, o.members)
			role.Config["coordination"] = map[string]any{"group_id": collectorsGroup, "session_timeout": "1m"}
		}
		r, err := role.start()
		if err != nil {
			return s, err
		}
		defer r.stop()
		if err := t.joinBare(name, r, o.every/time.Duration(1+o.members)); err != nil {
			return s, err
		}
		receivers = append(receivers, r)
	}
	if err := t.steady(ctx); err != nil {
		return s, err
	}
	rows, err := t.rows(ctx, o)
	if err != nil {
		return s, err
	}
	s = shared{one: rows[0], members: rows[1:]}
	s.differs, err = differ(receivers)
	return s, err
}

// steady waits until each reports as much as it did before: a member has its part by
// then, and what takes several scrapes to be known.
func (t *turns) steady(ctx context.Context) error {
	for range maxUnsettled {
		if !slices.ContainsFunc(t.subjects, func(s *subject) bool { return !s.steady() }) {
			return nil
		}
		for _, s := range t.subjects {
			if err := s.catchUp(); err != nil {
				return err
			}
		}
		if err := t.once(ctx); err != nil {
			return err
		}
	}
	return fmt.Errorf("not every receiver has reported the same twice in %d scrapes", maxUnsettled)
}

// catchUp takes the scrapes that were over before anybody waited for them: there may be
// any number while the others start, all of them empty.
func (s *subject) catchUp() error {
	for s.m.waiting() {
		got, err := s.m.next(patience)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		s.mine = append(s.mine, got)
	}
	return nil
}

// steadyScrapes is how many scrapes in a row have as many points.
const steadyScrapes = 3

func (s *subject) steady() bool {
	points := map[int]bool{}
	for n := len(s.mine) - 1; n > 0 && n >= len(s.mine)-steadyScrapes; n-- {
		points[s.mine[n].Points-s.mine[n-1].Points] = true
	}
	return len(s.mine) > steadyScrapes && len(points) == 1 && !points[0]
}

// differ reports whether the points of the other receivers together are not those of the
// first.
func differ(receivers []*child) (bool, error) {
	for _, r := range receivers {
		if err := r.prompt(); err != nil {
			return false, err
		}
	}
	var sum, whole uint64
	for i, r := range receivers {
		d, err := r.digest()
		if err != nil {
			return false, err
		}
		if i == 0 {
			whole = d
		} else {
			sum += d
		}
	}
	return sum != whole, nil
}

// digest waits for the digest that was asked for.
func (c *child) digest() (uint64, error) {
	for {
		if s, err := c.next(patience); err != nil || s.Digest != 0 {
			return s.Digest, err
		}
	}
}

// together is what all members took.
func (s shared) together() row {
	sum := row{name: "members together"}
	for _, m := range s.members {
		sum.cpu += m.cpu
		sum.peak += m.peak
		sum.requests += m.requests
		sum.points += m.points
	}
	return sum
}

// bars are the limits: sharing costs at most half as much again, and each member is
// spared more than half of it.
func (s shared) bars() []bar {
	bars := []bar{{"members together: CPU", 1.5, s.cpu(s.together()), "× one"}}
	for _, m := range s.members {
		bars = append(bars,
			bar{m.name + ": CPU", 0.45, s.cpu(m), "× one"},
			bar{m.name + ": peak memory", 0.45, s.memory(m), "× one"})
	}
	missing := math.Abs(float64(s.together().points - s.one.points))
	if s.differs {
		missing = max(missing, 1)
	}
	return append(bars, bar{"members together: points that are missing, or there twice", 0, missing, "of all"})
}

func (s shared) cpu(r row) float64    { return float64(r.cpu) / float64(s.one.cpu) }
func (s shared) memory(r row) float64 { return float64(r.peak) / float64(s.one.peak) }

// print prints what each takes, in Markdown.
func (s shared) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| \t| wall (median)\t| CPU\t| \t| peak memory\t| \t| requests\t| points\t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	for _, r := range append([]row{s.one}, append(s.members, s.together())...) {
		wall := ""
		if len(r.rounds) > 0 {
			median, _, _ := r.wall()
			wall = ms(median)
		}
		fmt.Fprintf(w, "| %s\t| %s\t| %s\t| %s\t| %d MiB\t| %s\t| %.1f\t| %s\t|\n",
			r.name, wall, ms(r.cpu), times(s.cpu(r)), r.peak>>20, times(s.memory(r)), r.requests, thousands(r.points))
	}
	return w.Flush()
}
