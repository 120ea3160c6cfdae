// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Bench measures the receiver on a cluster of a given size: on real Kafka that
// it starts and fills, on brokers of its own that answer from memory, or on
// brokers that are there already. It holds each scrape against the floor, the
// same requests made bare with the same client library, in turns in one run,
// and prints a table.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/kafkatest"
)

type options struct {
	size
	kafka     string
	version   string
	memory    bool
	serve     bool
	rounds    int
	warmup    int
	every     time.Duration
	off       string
	collector string
	configs   string
}

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 2 {
		switch args[0] {
		case roleFloor:
			return runFloor(args[1])
		case roleReceiver:
			var config map[string]any
			if err := json.Unmarshal([]byte(args[1]), &config); err != nil {
				return err
			}
			return runReceiver(config)
		}
	}
	opts, err := parseFlags(args, os.Stderr)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	brokers, stopCluster, err := opts.cluster(ctx)
	if err != nil {
		return err
	}
	defer stopCluster()
	if opts.serve {
		fmt.Println(strings.Join(brokers, ","))
		<-ctx.Done()
		return nil
	}
	return measure(ctx, opts, brokers, os.Stdout)
}

func parseFlags(args []string, output io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.IntVar(&o.brokers, "nodes", 3, "brokers")
	flags.IntVar(&o.topics, "topics", 1001, "topics")
	flags.IntVar(&o.partitions, "partitions", 10050, "partitions of all topics together")
	flags.IntVar(&o.replicas, "replicas", 1, "replicas of each partition")
	flags.IntVar(&o.groups, "groups", 500, "consumer groups")
	flags.IntVar(&o.commits, "commits", 200, "partitions that each group has committed in")
	flags.StringVar(&o.kafka, "kafka", "", "measure the Kafka at these `host:port,...`; start and fill none")
	flags.StringVar(&o.version, "version", kafkatest.DefaultVersion, "Apache Kafka `version` to start")
	flags.BoolVar(&o.memory, "memory", false, "in place of Kafka, brokers that answer from memory")
	flags.BoolVar(&o.serve, "serve", false, "start and fill the cluster, print its brokers, and wait for an interrupt")
	flags.IntVar(&o.rounds, "rounds", 10, "scrapes that count")
	flags.IntVar(&o.warmup, "warmup", 1, "scrapes before these; after a dozen, the search for time lag has found what it looks for")
	flags.DurationVar(&o.every, "every", 3*time.Second, "the collection interval; it must leave time for a round of the floor")
	flags.StringVar(&o.off, "off", "", "`metrics`, separated by commas, to switch off")
	flags.StringVar(&o.collector, "collector", "build/otelcol-kafkalag", "the built collector; empty: leave its rows out")
	flags.StringVar(&o.configs, "configs", "config", "folder of the shipped configs")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.rounds < 1 || o.warmup < 1 {
		return o, errors.New("-rounds and -warmup must be 1 or more")
	}
	return o, o.check()
}

// cluster gives the brokers to measure, filled.
func (o options) cluster(ctx context.Context) (brokers []string, stop func(), err error) {
	switch {
	case o.kafka != "":
		return strings.Split(o.kafka, ","), func() {}, nil
	case o.memory:
		m, err := startMemory(o.size)
		if err != nil {
			return nil, nil, err
		}
		return m.addresses(), m.close, nil
	}
	began := time.Now()
	//nolint:contextcheck // starting has a limit of its own
	c, err := kafkatest.Launch(kafkatest.Options{Version: o.version, Brokers: o.brokers, Properties: map[string]string{
		"offsets.topic.num.partitions": "50", // Kafka's default, so that the groups spread over the brokers
	}})
	if err != nil {
		return nil, nil, err
	}
	if err := fill(ctx, c.Brokers(), o.size); err != nil {
		c.Stop()
		return nil, nil, err
	}
	fmt.Fprintf(os.Stderr, "started and filled in %v\n", time.Since(began).Round(time.Second))
	return c.Brokers(), c.Stop, nil
}
