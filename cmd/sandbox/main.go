// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Sandbox runs a demo Kafka cluster in one process, with producers and with
// consumer groups that behave well and badly, so that there is lag to look at.
// Given a command, it runs that collector against the demo or against a Kafka
// of the user's, and shows the lag that the collector reports.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const usage = `Usage: sandbox [flags] [-- COMMAND [ARG...]]

Runs a demo Kafka cluster with producers and consumer groups until it is
interrupted. With COMMAND, a collector that serves Prometheus metrics, it also
runs that with KAFKA_BROKERS set, and prints the lag of each group.

`

type options struct {
	kafka     string
	ports     []int
	retention time.Duration
	collector collector
}

func main() {
	opts, err := parseFlags(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		os.Exit(2)
	}

	// SIGPIPE is among them so that a pager that is closed ends the collector too.
	ctx, stop := signal.NotifyContext(context.Background(),
		os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	// A second signal meets the default action, in case stopping hangs.
	context.AfterFunc(ctx, stop)

	if err := run(ctx, opts, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}

func parseFlags(args []string, output io.Writer) (options, error) {
	opts := options{ports: []int{19092, 19093, 19094}}
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.Usage = func() {
		fmt.Fprint(output, usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&opts.kafka, "kafka", "", "watch the Kafka at these `host:port,...` and start no demo cluster")
	flags.Func("ports", "loopback `port,...` of the demo's brokers, one each (default 19092,19093,19094)", func(value string) (err error) {
		opts.ports, err = parsePorts(value)
		return err
	})
	flags.DurationVar(&opts.retention, "retention", time.Hour, "how long the demo keeps records, which bounds its memory")
	flags.StringVar(&opts.collector.log, "log", "otelcol-kafkalag.log", "`file` that takes COMMAND's output")
	flags.StringVar(&opts.collector.metrics, "metrics", "http://localhost:9308/metrics", "`URL` of COMMAND's Prometheus metrics")
	flags.StringVar(&opts.collector.health, "health", "http://localhost:13133/health/status", "`URL` of COMMAND's health, only printed")
	flags.IntVar(&opts.collector.replicas, "replicas", 1, "how many of COMMAND share the cluster by a Kafka group, on ports one after the other")
	flags.DurationVar(&opts.collector.every, "every", 5*time.Second, "how often to print the lag")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	opts.collector.command = flags.Args()
	if opts.retention <= 0 || opts.collector.every <= 0 {
		err := errors.New("-retention and -every must be above zero")
		fmt.Fprintln(output, err)
		return options{}, err
	}
	return opts, nil
}

func parsePorts(list string) ([]int, error) {
	var ports []int
	for field := range strings.SplitSeq(list, ",") {
		port, err := strconv.ParseUint(field, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("%q is not a port", field)
		}
		ports = append(ports, int(port))
	}
	return ports, nil
}

// run returns nil when ctx ends, with everything it started gone.
func run(ctx context.Context, opts options, out io.Writer) error {
	brokers := opts.kafka
	if brokers == "" {
		demo, err := startDemo(ctx, opts.ports, opts.retention, time.Second)
		if err != nil {
			return err
		}
		defer demo.stop()
		brokers = strings.Join(demo.brokers, ",")
		fmt.Fprintf(out, "Demo Kafka:  %s\n", brokers)
		opts.collector.interval = opts.collector.every
	}
	if len(opts.collector.command) == 0 {
		<-ctx.Done()
		return nil
	}
	return opts.collector.watch(ctx, brokers, out)
}
