// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// TestMain lets the test binary play the roles of the program, which starts
// itself again, and those of a peer.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "kafka_exporter" {
		playPeer()
		return
	}
	if len(os.Args) == 3 && (os.Args[1] == roleFloor || os.Args[1] == roleReceiver) {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

// playPeer serves one series where kafka_exporter would.
func playPeer() {
	flags := flag.NewFlagSet("", flag.ExitOnError)
	address := flags.String("web.listen-address", "", "")
	flags.Func("kafka.server", "", func(string) error { return nil })
	_ = flags.Parse(os.Args[1:]) // exits where it fails
	_ = http.ListenAndServe(*address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "# HELP\nkafka_brokers 3")
	}))
}

// The receiver and the floor send the same requests, and the receiver makes
// every point that follows from the size.
func TestMeasureInMemory(t *testing.T) {
	z := size{brokers: 3, topics: 7, partitions: 25, replicas: 2, groups: 250, commits: 10}
	m, err := startMemory(z)
	require.NoError(t, err)
	t.Cleanup(m.close)
	config := `{"brokers":["` + strings.Join(m.addresses(), `","`) + `"],"collection_interval":"100ms","initial_delay":"1ms","time_lag":{"search_budget":0}}`
	bare, err := startChild(roleReceiver, config)
	require.NoError(t, err)
	t.Cleanup(bare.stop)
	rows, err := inTurns(t.Context(), options{size: z, rounds: 3, warmup: 1, every: 100 * time.Millisecond}, m.addresses()[0], "receiver", bare)
	require.NoError(t, err)
	require.Len(t, rows, 2)
	floor, receiver := rows[0], rows[1]
	assert.InDelta(t, 1+3+3+6+3, floor.requests, 0, "metadata, groups, commits, ends and starts, members")
	assert.InDelta(t, floor.requests, receiver.requests, 0)
	assert.InEpsilon(t, floor.bytes, receiver.bytes, 0.01)
	assert.Positive(t, receiver.peak)
	assert.GreaterOrEqual(t, receiver.points, 2*z.groups*z.commits+8*z.partitions)

	var table strings.Builder
	require.NoError(t, printScrapes(&table, rows))
	assert.Equal(t, 4, strings.Count(table.String(), "\n"))
}

func TestPeersOnThePathArePulled(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.Symlink(self, filepath.Join(dir, "kafka_exporter")))
	t.Setenv("PATH", dir)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	got, err := measurePeers(context.Background(), options{rounds: 2}, []string{"127.0.0.1:1"})
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.Equal(t, 1, got[0].series)
	assert.Positive(t, got[0].peak)
}

func TestSize(t *testing.T) {
	z := size{brokers: 1, topics: 3, partitions: 10, replicas: 1, groups: 2, commits: 8}
	require.NoError(t, z.check())
	total := 0
	for topic := range z.topics {
		total += z.partitionsOf(topic)
	}
	assert.Equal(t, z.partitions, total)
	for group := range z.groups {
		commits := 0
		for topic, n := range z.commitsOf(group) {
			assert.LessOrEqual(t, n, z.partitionsOf(topic))
			commits += n
		}
		assert.Equal(t, z.commits, commits)
	}
	for name, wrong := range map[string]size{
		"fewer partitions than topics":  {brokers: 1, topics: 3, partitions: 2, replicas: 1},
		"more commits than partitions":  {brokers: 1, topics: 1, partitions: 2, replicas: 1, commits: 3},
		"more replicas than brokers":    {brokers: 1, topics: 1, partitions: 1, replicas: 2},
		"no brokers":                    {topics: 1, partitions: 1, replicas: 1},
		"a negative number of groups":   {brokers: 1, topics: 1, partitions: 1, replicas: 1, groups: -1},
		"a negative number of replicas": {brokers: 1, topics: 1, partitions: 1, replicas: -1},
	} {
		assert.Error(t, wrong.check(), name)
	}
}

func TestSeriesOf(t *testing.T) {
	var totals Totals
	for line := range strings.Lines(`# HELP otelcol_kafkalag_io_total Bytes
otelcol_kafkalag_requests_total{api="Metadata",receiver="kafkalag"} 3
otelcol_kafkalag_requests_total{api="ListOffsets"} 4
otelcol_kafkalag_io_total{direction="sent"} 10
otelcol_kafkalag_io_total{direction="received"} 2e+3
otelcol_exporter_sent{direction="sent"} 99
`) {
		if name, value, ok := seriesOf(strings.TrimSpace(line)); ok {
			totals.add(strings.TrimSuffix(name, "_total"), direction(line), int64(value))
		}
	}
	assert.Equal(t, Totals{Requests: 7, Sent: 10, Received: 2000}, totals)
}
