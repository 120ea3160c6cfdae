// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// sharingGroup is the Kafka group by which several collectors are one.
const sharingGroup = "KAFKALAG_GROUP=sandbox"

// The first ports of the shipped config, beside that of the metrics.
const (
	healthPort = 13133
	selfPort   = 8888
)

// all returns the collectors to run: the others are like the first, on ports and with
// logs of their own.
func (c collector) all() ([]collector, error) {
	if c.replicas < 2 {
		return []collector{c}, nil
	}
	c.env = append(c.env, sharingGroup)
	all := []collector{c}
	for i := 1; i < c.replicas; i++ {
		next, err := c.replica(i)
		if err != nil {
			return nil, err
		}
		all = append(all, next)
	}
	return all, nil
}

// replica returns the i-th collector after the first.
func (c collector) replica(i int) (collector, error) {
	at, err := url.Parse(c.metrics)
	if err != nil {
		return c, err
	}
	port, err := strconv.Atoi(at.Port())
	if err != nil {
		return c, fmt.Errorf("%s has no port to count from", c.metrics)
	}
	at.Host = net.JoinHostPort(at.Hostname(), strconv.Itoa(port+i))
	c.metrics, c.health = at.String(), fmt.Sprintf("http://localhost:%d/health/status", healthPort+i)
	extension := filepath.Ext(c.log)
	c.log = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(c.log, extension), i+1, extension)
	c.command = slices.Concat(c.command, []string{
		"--config", fmt.Sprintf("yaml:exporters::prometheus_page::endpoint: localhost:%d", port+i),
		"--config", fmt.Sprintf("yaml:extensions::healthcheckv2::http::endpoint: localhost:%d", healthPort+i),
		"--config", fmt.Sprintf("yaml:service: {telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: localhost, port: %d}}}}]}}}", selfPort+i),
	})
	return c, nil
}

// startAll starts collectors, which are stopped when ctx ends. The channel is closed when
// all of those that were started are gone.
func startAll(ctx context.Context, collectors []collector, brokers string) (<-chan struct{}, error) {
	var running sync.WaitGroup
	gone := make(chan struct{})
	defer func() {
		go func() {
			defer close(gone)
			running.Wait()
		}()
	}()
	for _, c := range collectors {
		exited, err := c.start(ctx, brokers)
		if err != nil {
			return gone, err
		}
		running.Go(func() { <-exited })
	}
	return gone, nil
}
