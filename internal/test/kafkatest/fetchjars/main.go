// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Command fetchjars fills the cache of Apache Kafka's jars that the tests on
// real Kafka run: the versions named, or all.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest/jars"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := fetch(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func fetch(ctx context.Context, versions []string) error {
	if len(versions) == 0 {
		versions = jars.Versions()
	}
	for _, version := range versions {
		release, err := jars.Lookup(version)
		if err != nil {
			return err
		}
		if err := fetchRelease(ctx, release); err != nil {
			return err
		}
		if !release.StreamsGroups {
			continue
		}
		if err := fetchRelease(ctx, release.Streams()); err != nil {
			return err
		}
	}
	return nil
}

func fetchRelease(ctx context.Context, release jars.Release) error {
	if err := release.Fetch(ctx); err != nil {
		return err
	}
	dir, err := release.Dir()
	if err != nil {
		return err
	}
	fmt.Println("kafka", release.Version, "in", dir)
	return nil
}
