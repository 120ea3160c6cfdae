// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// A collector that takes longer than this to stop is killed.
	stopLimit = 10 * time.Second
	// How often a collector that has just started is asked for metrics.
	startPoll = 200 * time.Millisecond
	// How many bytes of the log are shown when a collector ends by itself.
	logTail = 2 << 10
)

// collector is the command to run, and where it can be reached.
type collector struct {
	command  []string
	log      string        // file that takes its output
	metrics  string        // URL
	health   string        // URL
	every    time.Duration // between two tables
	interval time.Duration // its collection interval where the environment sets none; 0 leaves its default
	replicas int           // how many of it share the cluster
	env      []string      // what it gets beside the environment
}

// watch runs the collector against the brokers (host:port,...) and prints the
// lag that it reports until ctx ends. Then it returns nil, with the collector
// gone. A collector that ends by itself is an error that quotes the end of its log.
func (c collector) watch(ctx context.Context, brokers string, out io.Writer) error {
	collectors, err := c.all()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	exited, err := startAll(ctx, collectors, brokers)
	defer func() {
		cancel()
		<-exited
	}()
	if err != nil {
		return err
	}

	for _, c := range collectors {
		if _, err := fmt.Fprintf(out, "Log:         %s\n", c.log); err != nil {
			return err
		}
	}
	serves := false
	for {
		report, err := fetchReport(ctx, collectors)
		if err == nil && !serves {
			serves = true
			announce(out, collectors)
		}
		wait := startPoll
		if serves {
			wait = c.every
			if err := printReport(out, time.Now(), report, err); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-exited:
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("%s ended by itself; the end of %s:\n%s", c.command[0], c.log, tail(c.log))
		case <-time.After(wait):
		}
	}
}

// announce says where the collectors serve.
func announce(out io.Writer, collectors []collector) {
	for _, c := range collectors {
		fmt.Fprintf(out, "Metrics:     %s\nHealth:      %s\n", c.metrics, c.health)
	}
	fmt.Fprintln(out, "Ctrl-C stops everything.")
}

// start starts the collector, which is stopped when ctx ends. The channel
// is closed when it is gone.
func (c collector) start(ctx context.Context, brokers string) (<-chan struct{}, error) {
	if err := os.MkdirAll(filepath.Dir(c.log), 0o755); err != nil {
		return nil, err
	}
	log, err := os.Create(c.log)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, c.command[0], c.command[1:]...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(append(os.Environ(), c.env...), "KAFKA_BROKERS="+brokers)
	if c.interval > 0 && os.Getenv("KAFKALAG_INTERVAL") == "" {
		cmd.Env = append(cmd.Env, "KAFKALAG_INTERVAL="+c.interval.String())
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopLimit
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		defer log.Close()
		_ = cmd.Wait() // the state says more
		if !cmd.ProcessState.Success() {
			fmt.Fprintln(log, cmd.ProcessState)
		}
	}()
	return exited, nil
}

// tail returns the last whole lines of a file, logTail bytes at most.
func tail(path string) []byte {
	content, err := os.ReadFile(path)
	if err != nil {
		return []byte(err.Error())
	}
	content = bytes.TrimSpace(content)
	if len(content) <= logTail {
		return content
	}
	_, content, _ = bytes.Cut(content[len(content)-logTail:], []byte("\n"))
	return content
}
