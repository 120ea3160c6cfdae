// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// fakeCollectorEnv makes this test binary act as the collector.
const fakeCollectorEnv = "SANDBOX_TEST_COLLECTOR"

func TestMain(m *testing.M) {
	switch os.Getenv(fakeCollectorEnv) {
	case "":
		goleak.VerifyTestMain(m)
	case "dies":
		fmt.Println("first words")
		fmt.Fprintln(os.Stderr, "last words")
		os.Exit(3)
	default:
		// The limit is for the case that this test's own process dies first.
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
		defer stop()
		fmt.Println(os.Getenv("KAFKA_BROKERS"), os.Getenv("KAFKALAG_INTERVAL"))
		<-ctx.Done()
		fmt.Println("stopped cleanly")
	}
}

func TestParseFlags(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		args    []string
		ports   []int
		command []string
		err     string
	}{
		{name: "defaults", ports: []int{19092, 19093, 19094}},
		{name: "other ports", args: []string{"-ports", "1,65535"}, ports: []int{1, 65535}},
		{
			name: "a command with flags of its own", args: []string{"-every", "1s", "--", "collector", "--config", "x"},
			ports: []int{19092, 19093, 19094}, command: []string{"collector", "--config", "x"},
		},
		{name: "no port", args: []string{"-ports", ""}, err: `"" is not a port`},
		{name: "not a port", args: []string{"-ports", "9092,65536"}, err: `"65536" is not a port`},
		{name: "no retention", args: []string{"-retention", "0s"}, err: "must be above zero"},
		{name: "no pause between tables", args: []string{"-every", "-1s"}, err: "must be above zero"},
		{name: "help", args: []string{"-help"}, err: flag.ErrHelp.Error()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var output bytes.Buffer
			opts, err := parseFlags(tt.args, &output)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				assert.NotEmpty(t, output.String(), "the user sees it")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.ports, opts.ports)
			assert.ElementsMatch(t, tt.command, opts.collector.command)
		})
	}
}

func TestPortTaken(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	opts := options{ports: []int{0, taken.Addr().(*net.TCPAddr).Port, 0}, retention: time.Hour}
	err = run(t.Context(), opts, t.Output())
	require.ErrorContains(t, err, taken.Addr().String())
	require.ErrorContains(t, err, "-ports")
}

// awaitWriter cancels when it has been written what it waits for.
type awaitWriter struct {
	bytes.Buffer
	text   string
	cancel context.CancelFunc
}

func (w *awaitWriter) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if bytes.Contains(w.Bytes(), []byte(w.text)) {
		w.cancel()
	}
	return n, err
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("nobody reads") }

func TestRunWithCollector(t *testing.T) {
	t.Setenv("KAFKALAG_INTERVAL", "")
	t.Setenv(fakeCollectorEnv, "runs")
	text, err := os.ReadFile("testdata/metrics.txt")
	require.NoError(t, err)
	newCollector := func(t *testing.T) collector {
		t.Helper()
		log := t.TempDir() + "/new/collector.log"
		metrics := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			// Like a real one, it serves some time after the collector has started.
			if said, err := os.ReadFile(log); err != nil || len(said) == 0 {
				http.Error(w, "not yet", http.StatusServiceUnavailable)
				return
			}
			_, _ = w.Write(text)
		}))
		t.Cleanup(metrics.Close)
		return collector{
			command: []string{os.Args[0]}, log: log,
			metrics: metrics.URL, health: "http://health", every: 7 * time.Second,
		}
	}

	t.Run("shows the lag in the demo until it is stopped", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		out := awaitWriter{text: "falls-behind", cancel: cancel}
		opts := options{ports: []int{0, 0, 0}, retention: time.Hour, collector: newCollector(t)}
		require.NoError(t, run(ctx, opts, &out))

		assert.Regexp(t, `Demo Kafka:  127\.0\.0\.1:\d+,127\.0\.0\.1:\d+,127\.0\.0\.1:\d+\n`, out.String())
		assert.Contains(t, out.String(), opts.collector.metrics)
		assert.Contains(t, out.String(), "http://health")
		assert.NotContains(t, out.String(), "no metrics", "a start is no failure")
		log, err := os.ReadFile(opts.collector.log)
		require.NoError(t, err)
		assert.Regexp(t, `^127\.0\.0\.1:\d+,127\.0\.0\.1:\d+,127\.0\.0\.1:\d+ 7s\nstopped cleanly\n$`, string(log))
	})

	t.Run("uses the Kafka and the interval it is given", func(t *testing.T) {
		t.Setenv("KAFKALAG_INTERVAL", "42s")
		ctx, cancel := context.WithCancel(t.Context())
		out := awaitWriter{text: "falls-behind", cancel: cancel}
		opts := options{kafka: "kafka.example:9092", collector: newCollector(t)}
		require.NoError(t, run(ctx, opts, &out))

		assert.NotContains(t, out.String(), "Demo Kafka")
		log, err := os.ReadFile(opts.collector.log)
		require.NoError(t, err)
		assert.Equal(t, "kafka.example:9092 42s\nstopped cleanly\n", string(log))
	})

	t.Run("adds up what several collectors report", func(t *testing.T) {
		var pages []collector
		for _, text := range []string{
			"kafka_consumer_group_lag{group=\"a\",topic=\"t\",partition=\"0\"} 1\nkafka_consumer_group_lag_sum{group=\"a\",topic=\"t\"} 1\n",
			"kafka_consumer_group_lag{group=\"b\",topic=\"t\",partition=\"0\"} 2\nkafka_consumer_group_lag_sum{group=\"b\",topic=\"t\"} 2\nkafka_topic_partitions{topic=\"t\"} 1\n",
		} {
			page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }))
			t.Cleanup(page.Close)
			pages = append(pages, collector{metrics: page.URL})
		}
		pages = append(pages, collector{metrics: "http://127.0.0.1:1/metrics"})
		rows, err := fetchReport(t.Context(), pages)
		require.NoError(t, err)
		assert.Equal(t, []row{
			{group: "b", topic: "t", partitions: 1, of: 1, lag: 2, timeLag: -1},
			{group: "a", topic: "t", partitions: 1, of: 1, lag: 1, timeLag: -1},
		}, rows)
	})

	t.Run("runs several on ports of their own", func(t *testing.T) {
		all, err := collector{
			command: []string{"c", "--config", "f"}, log: "c.log", replicas: 2,
			metrics: "http://localhost:9308/metrics", health: "http://localhost:13133/health/status",
		}.all()
		require.NoError(t, err)
		require.Len(t, all, 2)
		assert.Equal(t, "c.log", all[0].log)
		assert.Equal(t, "c-2.log", all[1].log)
		assert.Equal(t, "http://localhost:9309/metrics", all[1].metrics)
		assert.Contains(t, all[1].command, "yaml:exporters::prometheus_page::endpoint: localhost:9309")
		var out strings.Builder
		announce(&out, all)
		assert.Equal(t, "Metrics:     http://localhost:9308/metrics\nHealth:      http://localhost:13133/health/status\n"+
			"Metrics:     http://localhost:9309/metrics\nHealth:      http://localhost:13134/health/status\nCtrl-C stops everything.\n", out.String())
		for _, c := range all {
			assert.Contains(t, c.env, "KAFKALAG_GROUP=sandbox")
		}
		_, err = collector{metrics: "http://localhost/metrics", replicas: 2}.all()
		require.EqualError(t, err, "http://localhost/metrics has no port to count from")
	})

	t.Run("quotes the log of a collector that dies", func(t *testing.T) {
		t.Setenv(fakeCollectorEnv, "dies")
		err := newCollector(t).watch(t.Context(), "", t.Output())
		require.ErrorContains(t, err, "ended by itself")
		require.ErrorContains(t, err, "first words\nlast words\nexit status 3")
	})

	t.Run("says which command cannot start", func(t *testing.T) {
		c := newCollector(t)
		c.command = []string{"./no-such-collector"}
		require.ErrorContains(t, c.watch(t.Context(), "", t.Output()), "no-such-collector")
	})

	t.Run("stops the collector when nobody reads the lag", func(t *testing.T) {
		c := newCollector(t)
		require.EqualError(t, c.watch(t.Context(), "", brokenWriter{}), "nobody reads")
		log, err := os.ReadFile(c.log)
		require.NoError(t, err)
		assert.NotEmpty(t, log, "the collector is gone, and said why")
	})
}

func TestTail(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/log"
	long := bytes.Repeat([]byte("a line of thirty-two characters\n"), 2*logTail/32)
	require.NoError(t, os.WriteFile(path, append(long, "the last\n"...), 0o600))

	got := string(tail(path))
	assert.LessOrEqual(t, len(got), logTail)
	assert.Regexp(t, `^a line of thirty-two characters\n`, got, "whole lines")
	assert.Regexp(t, `\nthe last$`, got)
	assert.Contains(t, string(tail(path+".missing")), "no such file")
}
