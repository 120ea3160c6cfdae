// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"time"
)

// standard is the cluster that the limits on time and memory are meant for: the
// one that is measured where nothing else is asked for.
var standard = size{brokers: 3, topics: 1001, partitions: 10050, replicas: 1, groups: 500, commits: 200}

// bar is a limit that a figure is held to.
type bar struct {
	what        string
	limit, seen float64
	unit        string
}

func (b bar) met() bool { return b.seen <= b.limit }

// bars lists what holds for the rows.
func (o options) bars(z size, rows []row) []bar {
	var bars []bar
	for _, r := range rows {
		busy := strings.HasSuffix(r.name, "busy")
		if z == standard && !o.memory {
			bars = append(bars, bar{r.name + ": wall", 2.5, r.aboveFloor(), "× floor"})
			if r.objects > 0 { // the receiver alone
				bars = append(bars, bar{r.name + ": CPU", 500, float64(r.cpu.Milliseconds()), "ms"})
			}
			bars = append(bars, bar{r.name + ": peak memory", 300, float64(r.peak >> 20), "MiB"})
		}
		if !busy { // a search has requests of its own
			bars = append(bars, bar{r.name + ": requests", z.mostRequests(), r.requests, "a scrape"})
		}
		if r.objects > 0 {
			n := float64(z.groups * z.commits)
			bars = append(bars,
				bar{r.name + ": allocated", 35, float64(r.objects) / n, "objects for each group-partition"},
				bar{r.name + ": allocated", 2000, float64(r.heap) / n, "bytes for each group-partition"})
		}
	}
	return bars
}

// barsBetween lists what holds for each cluster against the one before: twice
// the size takes at most twice as much, and a version of Kafka that is asked for
// one group at a time at most three times as long.
func (o options) barsBetween(rows []row) []bar {
	var bars []bar
	for i, r := range rows[1:] {
		before := rows[i]
		wall := bar{r.name + ": wall", 3, ratio(r.wall, before.wall), "× the one before"}
		if o.double == 0 {
			bars = append(bars, wall)
			continue
		}
		wall.limit = 2
		bars = append(bars, wall,
			bar{r.name + ": CPU", 2, ratio(r.cpu, before.cpu), wall.unit},
			bar{r.name + ": peak memory", 2, ratio(r.peak, before.peak), wall.unit})
	}
	return bars
}

func ratio[T time.Duration | int64](now, before T) float64 { return float64(now) / float64(before) }

// mostRequests is how many a scrape may take where Kafka has OffsetFetch for
// several groups, no group is of KIP-848, and none is larger than usual.
func (z size) mostRequests() float64 {
	batches := (z.groups + groupsPerRequest - 1) / groupsPerRequest
	return float64(1 + 5*z.brokers + 2*batches)
}
