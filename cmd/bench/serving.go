// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// served is a way for the collector to serve a page.
type served struct {
	name, config string
	more         []string // further arguments
}

// serving are the shipped configs that serve a page, and the first of them with
// contrib's exporter in the place of this repository's.
var serving = []served{
	{name: "collector, default.yaml", config: "default.yaml"},
	{name: "collector, kafka-exporter.yaml", config: "kafka-exporter.yaml"},
	{name: contribs, config: "default.yaml", more: []string{"--config", `yaml:
exporters:
  prometheus:
    metric_expiration: 1h
    resource_constant_labels: {included: ["*"]}
    without_scope_info: true
service: {pipelines: {metrics: {exporters: [prometheus]}}}
`}},
}

const (
	contribs = "collector, contrib's exporter"
	kminion  = "kminion"
)

// measureServing measures the collector in each of these ways. Where one fails,
// those before it are there.
func measureServing(ctx context.Context, o options, brokers []string) ([]pulled, error) {
	if err := os.Setenv("KAFKALAG_EXPIRATION", "1h"); err != nil {
		return nil, err
	}
	var all []pulled
	for _, s := range serving {
		if s.name == contribs && o.groups > standard.groups {
			continue // it takes minutes, and nothing is held against it there
		}
		p, err := o.pullOnce(ctx, s, brokers)
		if err == nil {
			err = o.scrapeAndPull(ctx, s, brokers, &p)
		}
		if err != nil {
			return all, fmt.Errorf("%s: %w", s.name, err)
		}
		all = append(all, p)
	}
	return all, nil
}

func (o options) start(s served, brokers []string, every time.Duration) (*collector, error) {
	return startCollector(o.collector, filepath.Join(o.configs, s.config), o.receiverConfig(brokers, every), s.more...)
}

// pullOnce has the collector scrape once and then pulls its page, so that the
// pulls are all that it does. No time lag is on that page yet.
func (o options) pullOnce(ctx context.Context, s served, brokers []string) (pulled, error) {
	c, err := o.start(s, brokers, time.Hour)
	if err != nil {
		return pulled{}, err
	}
	defer c.stop()
	if _, err := c.next(patience); err != nil {
		return pulled{}, err
	}
	settle(o.every)
	p, err := pull(ctx, o.rounds, s.name, c.metrics, c.pid())
	if err != nil || p.gzip.wall > slow {
		return p, err
	}
	return p, p.pullPlain(ctx, o.rounds, c.metrics, c.pid())
}

// scrapeAndPull adds what the whole collector takes for a scrape and, when that
// has settled, a pull.
func (o options) scrapeAndPull(ctx context.Context, s served, brokers []string, p *pulled) error {
	every, rounds := max(o.every, 4*p.gzip.wall), o.rounds
	if p.gzip.wall > slow {
		rounds = min(rounds, slowPulls)
	}
	c, err := o.start(s, brokers, every)
	if err != nil {
		return err
	}
	defer c.stop()
	var samples []sample
	for range 1 + rounds { // the first makes connections and does not count
		if c.waiting() {
			return errors.New("a scrape came while the one before was pulled: -every is too short")
		}
		got, err := c.next(patience)
		if err != nil {
			return err
		}
		samples = append(samples, got)
		settle(o.every)
		if _, _, err := fetch(ctx, c.metrics, gzipped); err != nil {
			return err
		}
	}
	p.both = rowOf(s.name, samples).cpu
	peak, err := peakOf(c.pid())
	p.peak = max(p.peak, peak)
	return err
}

// manyGroups is the cluster that has more series of groups than of what they
// read.
var manyGroups = size{brokers: 3, topics: 1001, partitions: 10050, replicas: 1, records: 200, groups: 100_000, commits: 1}

// pageBars lists what holds for the page of config/default.yaml, by itself and
// beside others that were measured.
func (o options) pageBars(z size, pages []pulled) []bar {
	if o.kafka != "" || len(pages) == 0 || pages[0].name != serving[0].name {
		return nil
	}
	page := pages[0]
	var bars []bar
	hold := func(what string, limit, seen float64, unit string) {
		bars = append(bars, bar{page.name + ": " + what, limit, seen, unit})
	}
	switch z {
	case standard:
		hold("a pull, wall", 100, milliseconds(page.gzip.wall), "ms")
		hold("a pull, wall", 1.5, page.bare, "× a bare server")
		hold("a pull without gzip, CPU", 300, milliseconds(page.identity.cpu), "ms")
		hold("peak memory", 300, float64(page.peak>>20), "MiB")
	case manyGroups:
		hold("a pull, wall", 1000, milliseconds(page.gzip.wall), "ms")
		hold("peak memory", 1229, float64(page.peak>>20), "MiB") // 1.2 GiB
		return bars
	default:
		return nil
	}
	for _, other := range pages {
		switch other.name {
		case contribs:
			hold("a scrape and a pull, CPU", 0.1, page.both.Seconds()/other.both.Seconds(), "× contrib's exporter")
		case kminion:
			hold("a scrape and a pull, CPU", 1, page.both.Seconds()/other.both.Seconds(), "× KMinion")
		}
	}
	return bars
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }
