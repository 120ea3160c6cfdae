// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func TestE2EPagesAreMeasured(t *testing.T) {
	collector := builtCollector(t)
	z := size{brokers: 2, topics: 3, partitions: 9, replicas: 1, groups: 4, commits: 5}
	m, err := startMemory(z, 0)
	require.NoError(t, err)
	t.Cleanup(m.close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	t.Setenv("KAFKALAG_EXPIRATION", "") // is set on the way
	o := options{size: z, rounds: 2, every: time.Second, collector: collector, configs: shippedConfigs}

	got, err := measureServing(t.Context(), o, m.addresses())
	require.NoError(t, err)
	require.Len(t, got, 3)
	ofTopics := 0
	for group := range z.groups {
		for range z.commitsOf(group) {
			ofTopics++
		}
	}
	want := 1 + z.brokers + z.topics + 7*z.partitions + z.groups + 2*ofTopics + 2*z.groups*z.commits
	assert.Equal(t, want, got[1].series, "kafka_exporter's metrics")
	assert.Greater(t, got[0].series, want, "those, and more")
	assert.Equal(t, got[2].series, got[0].series, "contrib's exporter shows the same")
	for _, p := range got {
		assert.Positive(t, p.both, p.name)
		assert.Positive(t, p.gzip.wall, p.name)
		assert.Positive(t, p.gzip.bytes, p.name)
		assert.Positive(t, p.bare, p.name)
		assert.Positive(t, p.peak, p.name)
		assert.Greater(t, p.identity.bytes, p.gzip.bytes, p.name)
	}
	var table strings.Builder
	require.NoError(t, printPulls(&table, got))
	assert.Equal(t, 1+2+3, strings.Count(table.String(), "\n"), "an empty line, the head, and a line each")
	assert.Empty(t, o.pageBars(z, got), "what a page of this size may take is not stated")
}

func TestPageBars(t *testing.T) {
	of := func(wall time.Duration) transfer {
		return transfer{wall: wall * time.Millisecond, cpu: 310 * time.Millisecond}
	}
	ours := pulled{name: serving[0].name, both: 2 * time.Second, gzip: of(99), identity: of(400), bare: 1.6, peak: 301 << 20}
	pages := []pulled{ours, {name: contribs, both: 21 * time.Second}, {name: "kafka_exporter"}, {name: kminion, both: 1 * time.Second}}
	failed := func(z size, pages []pulled) (failed []string) {
		for _, b := range (options{}).pageBars(z, pages) {
			if !b.met() {
				failed = append(failed, b.what+", "+b.unit)
			}
		}
		return failed
	}
	assert.Equal(t, []string{
		"collector, default.yaml: a pull, wall, × a bare server",
		"collector, default.yaml: a pull without gzip, CPU, ms",
		"collector, default.yaml: peak memory, MiB",
		"collector, default.yaml: a scrape and a pull, CPU, × KMinion",
	}, failed(standard, pages))
	assert.Empty(t, failed(manyGroups, pages))
	ours.gzip.wall, ours.peak = 1001*time.Millisecond, 1230<<20
	assert.Len(t, failed(manyGroups, []pulled{ours}), 2)
	assert.Empty(t, failed(standard, pages[1:]), "the collector was not measured")
	assert.Empty(t, (options{kafka: "kafka-1:9092"}).pageBars(standard, pages), "nothing is known of this one")
}

// What the collector sends is counted where it arrives, against what it says that
// it scraped.
func TestE2EPointsArrive(t *testing.T) {
	collector := builtCollector(t)
	z := size{brokers: 1, topics: 2, partitions: 4, replicas: 1, records: 10, groups: 3, commits: 2}
	m, err := startMemory(z, 0)
	require.NoError(t, err)
	t.Cleanup(m.close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	o := options{size: z, rounds: 2, every: time.Second, collector: collector, configs: shippedConfigs}
	rows, err := measureCollector(t.Context(), o, target{brokers: m.addresses()})
	require.NoError(t, err)
	settled := rows[len(rows)-1]
	assert.Positive(t, settled.points)
	assert.Zero(t, settled.lost)
}

var shippedConfigs = filepath.Join("..", "..", "config")

func builtCollector(t *testing.T) string {
	t.Helper()
	collector := os.Getenv("KAFKALAG_COLLECTOR")
	if collector == "" {
		kafkatest.Lacks(t, "e2e", "KAFKALAG_COLLECTOR does not name the built collector: run the tests with `make test`")
	}
	return collector
}
