// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Bench measures the receiver on a cluster of a given size: on real Kafka that
// it starts and fills, on brokers of its own that answer from memory, or on
// brokers that are there already. It holds each scrape against the floor, the
// same requests made bare with the same client library, in turns in one run,
// and prints tables. It fails where a limit is not held. Several clusters (versions of Kafka, or sizes) are held
// against each other likewise, and so are receivers that share a cluster against one
// that has it alone.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

type options struct {
	size
	kafka     string
	versions  string
	double    int
	members   int
	axis      string
	memory    bool
	serve     bool
	rounds    int
	every     time.Duration
	budget    int
	off       string
	profile   string
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
			var role receiverRole
			if err := json.Unmarshal([]byte(args[1]), &role); err != nil {
				return err
			}
			return role.run()
		}
	}
	opts, err := parseFlags(args, os.Stderr)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	clusters, err := startClusters(ctx, opts)
	defer func() {
		for _, c := range clusters {
			c.stop()
		}
	}()
	if err != nil {
		return err
	}
	if opts.serve {
		for _, c := range clusters {
			fmt.Println(strings.Join(c.brokers, ","))
		}
		<-ctx.Done()
		return nil
	}
	return measure(ctx, opts, clusters, os.Stdout)
}

func parseFlags(args []string, output io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.IntVar(&o.brokers, "nodes", 3, "brokers")
	flags.IntVar(&o.topics, "topics", 1001, "topics")
	flags.IntVar(&o.partitions, "partitions", 10050, "partitions of all topics together")
	flags.IntVar(&o.replicas, "replicas", 1, "replicas of each partition")
	flags.IntVar(&o.records, "records", 200, "records of each partition, written over six days")
	flags.IntVar(&o.groups, "groups", 500, "consumer groups")
	flags.IntVar(&o.commits, "commits", 200, "partitions that each group has committed in")
	flags.StringVar(&o.kafka, "kafka", "", "measure the Kafka at these `host:port,...`; start and fill none")
	flags.StringVar(&o.versions, "version", kafkatest.DefaultVersion, "Apache Kafka `version` to start; several, separated by commas, are measured in turns")
	flags.IntVar(&o.double, "double", 0, "`times` to double the cluster: all sizes are measured in turns")
	flags.StringVar(&o.axis, "axis", "all", "what -double doubles: `partitions` (with their topics), groups, commits (of each group), or all but the last")
	flags.IntVar(&o.members, "members", 0, "`receivers` that share the cluster: they are measured in turns with one that has it alone")
	flags.BoolVar(&o.memory, "memory", false, "in place of Kafka, brokers that answer from memory")
	flags.BoolVar(&o.serve, "serve", false, "start and fill the clusters, print their brokers, and wait for an interrupt")
	flags.IntVar(&o.rounds, "rounds", 10, "scrapes that count, of each kind")
	flags.DurationVar(&o.every, "every", 3*time.Second, "the collection interval; it must leave time for a scrape and a round of the floor of each cluster")
	flags.IntVar(&o.budget, "search-budget", 0, "the receiver's time_lag.search_budget; 0: its default")
	flags.StringVar(&o.off, "off", "", "`metrics`, separated by commas, to switch off")
	flags.StringVar(&o.profile, "profile", "", "write a CPU profile of the receiver alone, on the last cluster, to this `file`")
	flags.StringVar(&o.collector, "collector", "build/otelcol-kafkalag", "the built collector; empty: leave its rows out")
	flags.StringVar(&o.configs, "configs", "config", "folder of the shipped configs")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.rounds < 1 || o.double < 0 {
		return o, errors.New("-rounds must be 1 or more, -double 0 or more")
	}
	if err := o.checkComparison(); err != nil {
		return o, err
	}
	if axes[o.axis] == nil {
		return o, fmt.Errorf("-axis must be one of %s", strings.Join(slices.Sorted(maps.Keys(axes)), ", "))
	}
	if err := o.check(); err != nil {
		return o, err
	}
	return o, o.doubled(o.axis, o.double).check()
}

// checkComparison reports what cannot be compared in one run.
func (o options) checkComparison() error {
	compared := 0
	for _, asked := range []bool{o.double > 0, strings.Contains(o.versions, ","), o.members > 0} {
		if asked {
			compared++
		}
	}
	switch {
	case compared > 1:
		return errors.New("-double holds sizes against each other, -version versions, and -members several receivers against one: give one of the three")
	case o.members < 0 || o.members == 1:
		return errors.New("-members must be 2 or more")
	}
	return nil
}
