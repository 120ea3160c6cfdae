// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"
)

// patience bounds the wait for a round.
const patience = 5 * time.Minute

// measure prints what there is to say of the clusters.
func measure(ctx context.Context, o options, clusters []target, out io.Writer) error {
	if len(clusters) > 1 {
		return measureSeveral(ctx, o, clusters, out)
	}
	one := clusters[0]
	if o.members > 0 {
		return measureSharing(ctx, o, one, out)
	}
	fmt.Fprintf(out, "%v\n%d scrapes each, in turns with the floor\n\n", one.size, o.rounds)
	rows, err := measureReceivers(ctx, o, clusters)
	if err != nil {
		return err
	}
	var pages []pulled
	var failed error // what is measured is printed all the same
	if o.collector != "" {
		more, err := measureCollector(ctx, o, one)
		if err != nil {
			return err
		}
		rows = append(rows, more...)
		pages, failed = measureServing(ctx, o, one.brokers)
	}
	pages = append(pages, measurePeers(ctx, o, one.brokers)...)
	return errors.Join(
		printScrapes(out, rows),
		printPulls(out, pages),
		printBars(out, append(o.bars(one.size, rows), o.pageBars(one.size, pages)...)),
		inTurn(rows), failed)
}

// measureSeveral holds each cluster against the one before.
func measureSeveral(ctx context.Context, o options, clusters []target, out io.Writer) error {
	fmt.Fprintf(out, "%d scrapes each, in turns with each other and the floor, time lag settled\n\n", o.rounds)
	rows, err := measureReceivers(ctx, o, clusters)
	if err != nil {
		return err
	}
	return errors.Join(o.printComparison(out, rows), printBars(out, o.barsBetween(rows)), inTurn(rows))
}

// measureReceivers measures the receiver alone, one for each cluster.
func measureReceivers(ctx context.Context, o options, clusters []target) ([]row, error) {
	t := turns{move: clusters[0].move}
	defer t.stop()
	for i, c := range clusters {
		role := receiverRole{Config: o.receiverConfig(c.brokers, o.every)}
		if i == len(clusters)-1 {
			role.Profile = o.profile
		}
		name := "receiver alone"
		if len(clusters) > 1 {
			name = c.name
		}
		m, err := role.start()
		if err != nil {
			return nil, err
		}
		defer m.stop()
		if err := t.join(name, c.brokers[0], m, o.every/time.Duration(len(clusters))); err != nil {
			return nil, err
		}
	}
	return t.rows(ctx, o)
}

func measureCollector(ctx context.Context, o options, c target) ([]row, error) {
	m, err := startCollector(o.collector, filepath.Join(o.configs, "otlp.yaml"), o.receiverConfig(c.brokers, o.every))
	if err != nil {
		return nil, err
	}
	defer m.stop()
	t := turns{move: c.move}
	defer t.stop()
	if err := t.join("collector, OTLP", c.brokers[0], m, o.every); err != nil {
		return nil, err
	}
	rows, err := t.rows(ctx, o)
	if err != nil {
		return nil, err
	}
	if rows[len(rows)-1].lost, err = m.lost(2 * o.every); err != nil {
		return nil, err
	}
	return rows, m.finish()
}
