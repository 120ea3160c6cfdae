// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"
)

// patience bounds the wait for a round.
const patience = 5 * time.Minute

// measured is a process that scrapes by itself.
type measured interface {
	next(limit time.Duration) (sample, error)
	pid() int
}

// row is a line of the table: what one scrape takes.
type row struct {
	name     string
	wall     time.Duration // the median
	best     time.Duration
	worst    time.Duration
	cpu      time.Duration // the mean, of the whole process
	peak     int64         // bytes, over all rounds
	requests float64
	bytes    int64 // received
	points   int
	floor    *row // measured in turns with it
}

// rowOf takes samples, the first of which is the start of the others.
func rowOf(name string, samples []sample) row {
	n := len(samples) - 1
	walls := make([]time.Duration, 0, n)
	for _, s := range samples[1:] {
		walls = append(walls, s.Wall)
	}
	slices.Sort(walls)
	first, last := samples[0].Totals, samples[n].Totals
	return row{
		name: name, wall: walls[n/2], best: walls[0], worst: walls[n-1],
		cpu:      (last.CPU - first.CPU) / time.Duration(n),
		requests: float64(last.Requests-first.Requests) / float64(n),
		bytes:    (last.Received - first.Received) / int64(n),
		points:   (last.Points - first.Points) / n,
	}
}

func measure(ctx context.Context, o options, brokers []string, out io.Writer) error {
	fmt.Fprintf(out, "%v\n%d scrapes each after %d, in turns with the floor\n\n", o.size, o.rounds, o.warmup)
	config := o.receiverConfig(brokers, o.every)
	text, err := json.Marshal(config)
	if err != nil {
		return err
	}
	bare, err := startChild(roleReceiver, string(text))
	if err != nil {
		return err
	}
	rows, err := inTurns(ctx, o, brokers[0], "receiver alone", bare)
	bare.stop()
	if err != nil {
		return err
	}
	var pages []pulled
	if o.collector != "" {
		more, err := measureCollector(ctx, o, brokers[0], config)
		if err != nil {
			return err
		}
		rows = append(rows, more...)
		prometheus, err := measurePrometheus(ctx, o, brokers)
		if err != nil {
			return err
		}
		pages = append(pages, prometheus...)
	}
	others, err := measurePeers(ctx, o, brokers)
	if err != nil {
		return err
	}
	return errors.Join(printScrapes(out, rows), printPulls(out, append(pages, others...)))
}

func measureCollector(ctx context.Context, o options, seed string, config map[string]any) ([]row, error) {
	c, err := startCollector(o.collector, filepath.Join(o.configs, "otlp.yaml"), config)
	if err != nil {
		return nil, err
	}
	defer c.stop()
	rows, err := inTurns(ctx, o, seed, "collector, OTLP", c)
	if err != nil {
		return nil, err
	}
	if err := c.finish(); err != nil {
		return nil, err
	}
	return rows, nil
}

// inTurns measures m and the floor by turns: after each of its scrapes, a round
// of the floor.
func inTurns(ctx context.Context, o options, seed, name string, m measured) ([]row, error) {
	f, err := startChild(roleFloor, seed)
	if err != nil {
		return nil, err
	}
	defer f.stop()
	var mine, floor []sample
	for range o.warmup + o.rounds {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		s, err := m.next(patience)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		mine = append(mine, s)
		settle(o.every)
		if s, err = f.ask(patience); err != nil {
			return nil, fmt.Errorf("floor: %w", err)
		}
		floor = append(floor, s)
	}
	// The last one of the warm-up is what the others are counted from.
	r, base := rowOf(name, mine[o.warmup-1:]), rowOf("floor", floor[o.warmup-1:])
	r.floor = &base
	if r.peak, err = peakOf(m.pid()); err != nil {
		return nil, err
	}
	base.peak, err = peakOf(f.pid())
	return []row{base, r}, err
}

// settle lets what a scrape leaves behind (exporting it, freeing it) come to
// its end before the floor's turn.
func settle(every time.Duration) { time.Sleep(every / 2) }
