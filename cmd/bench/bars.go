// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// standard is the cluster that the limits on time and memory are meant for: the
// one that is measured where nothing else is asked for.
var standard = size{brokers: 3, topics: 1001, partitions: 10050, replicas: 1, records: 200, groups: 500, commits: 200}

// fewCommits is in how many partitions groups have committed where what they take
// themselves shows.
const fewCommits = 100

// mostNoise is what part of a ratio two of the same size may differ by for a run to
// be conclusive, and the most that limits allow for.
const mostNoise = 0.05

// bar is a limit that a figure is held to.
type bar struct {
	what        string
	limit, seen float64
	unit        string
}

// met reports whether the limit is held. None of the figures can be below zero: one
// that is was measured wrongly.
func (b bar) met() bool { return b.seen >= 0 && b.seen <= b.limit }

// bars lists what holds for the rows of one cluster. Of one that was there
// already the size is not known, and nothing is held of Kafka as it was before
// it took several groups in a request.
func (o options) bars(z size, rows []row) []bar {
	if o.kafka != "" || !o.memory && o.versions != kafkatest.DefaultVersion {
		return nil
	}
	var bars []bar
	for _, r := range rows {
		hold := func(what string, limit, seen float64, unit string) {
			bars = append(bars, bar{r.String() + ": " + what, limit, seen, unit})
		}
		if z == standard && !o.memory {
			hold("wall", 2, r.aboveFloor(), "× floor")
			hold("peak memory", 300, float64(r.peak>>20), "MiB")
			if r.alone() {
				hold("CPU", r.mostCPU(), float64(r.cpu)/float64(r.floor.cpu), "× floor")
			}
			if r.busy {
				hold("search budget left or overdrawn", 0.1, math.Abs(1-r.lookups/o.searchBudget()), "of it")
			}
		}
		if r.alone() {
			hold("requests", z.mostRequests(), r.requests, "a scrape")
		}
		switch n := float64(max(1, z.groups*z.commits)); {
		case r.busy: // a search has memory of its own
		case r.alone() && z.commits < fewCommits: // as have groups, whatever they committed
		case r.alone():
			hold("allocated", 25, float64(r.objects)/n, "objects for each group-partition")
			hold("allocated", 1500, float64(r.heap)/n, "bytes for each group-partition")
		default:
			hold("points that did not arrive", 0, float64(r.lost), "of all scrapes")
		}
	}
	return bars
}

// mostCPU is how many times the floor's CPU a receiver alone may take: a search that is
// busy looks up what is not the floor's.
func (r row) mostCPU() float64 {
	if r.busy {
		return 8
	}
	return 6
}

// barsBetween lists what holds between clusters. Of versions of Kafka each is held
// against the newest, in whatever order they are named: one that is asked for one
// group at a time takes at most three times as long.
func (o options) barsBetween(rows []row) []bar {
	if o.double > 0 {
		return barsOfGrowth(rows)
	}
	var bars []bar
	newest := o.newest()
	for i, r := range rows {
		if i != newest {
			bars = append(bars, bar{r.name + ": wall", 3, r.times(rows[newest], wallOf), "× the newest"})
		}
	}
	return bars
}

// barsOfGrowth holds each size against the first: one of twice the size takes at
// most twice as much, the next one four times, and so on, but for what the ratios
// may be off by. The last has the first one's size again: how much it differs from the first
// shows whether that is true.
func barsOfGrowth(rows []row) []bar {
	var bars []bar
	last := len(rows) - 1
	for _, figure := range []struct {
		name  string
		times func(row) (times, off float64)
	}{
		{"wall", func(r row) (float64, float64) { return r.inAll(rows[0], wallOf) }},
		{"CPU", func(r row) (float64, float64) { return r.inAll(rows[0], cpuOfRound) }},
		{"peak memory", func(r row) (float64, float64) { return float64(r.peak) / float64(rows[0].peak), 0 }},
	} {
		for i, r := range rows[1:last] {
			times, off := figure.times(r)
			limit := float64(uint(2) << i)
			unit := "× the first"
			if off > 0 {
				unit += fmt.Sprintf("; %v × %.3f", limit, 1+min(off, mostNoise))
			}
			bars = append(bars, bar{r.name + ": " + figure.name, limit * (1 + min(off, mostNoise)), times, unit})
		}
		again, _ := figure.times(rows[last])
		bars = append(bars, bar{rows[last].name + ": " + figure.name, 1 + mostNoise, max(again, 1/again), "× the first, or the first × it"})
	}
	return bars
}

// searchBudget is how many look-ups the receiver may make in an interval.
func (o options) searchBudget() float64 {
	if o.budget > 0 {
		return float64(o.budget)
	}
	return float64(kafkalagreceiver.NewFactory().CreateDefaultConfig().(*receiver.Config).TimeLag.SearchBudget)
}

// newest is the place of the newest version among those to measure.
func (o options) newest() int {
	place, newest := 0, sarama.KafkaVersion{}
	for i, text := range strings.Split(o.versions, ",") {
		if v, err := sarama.ParseKafkaVersion(text); err == nil && v.IsAtLeast(newest) {
			place, newest = i, v
		}
	}
	return place
}

// mostRequests is how many a scrape may take where Kafka has OffsetFetch for
// several groups, no group is of KIP-848, and none is larger than usual.
func (z size) mostRequests() float64 {
	batches := (z.groups + groupsPerRequest - 1) / groupsPerRequest
	return float64(1 + 5*z.brokers + 2*batches)
}
