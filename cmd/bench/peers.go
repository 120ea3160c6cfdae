// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// peer is another exporter. It asks Kafka when its page is pulled.
type peer struct {
	command string
	args    func(brokers []string, port int) []string
	env     func(brokers []string, port int) []string
}

var peers = []peer{
	{
		command: "kafka_exporter",
		args: func(brokers []string, port int) []string {
			args := []string{"--web.listen-address=127.0.0.1:" + strconv.Itoa(port)}
			for _, b := range brokers {
				args = append(args, "--kafka.server="+b)
			}
			return args
		},
		env: func([]string, int) []string { return nil },
	},
	{
		command: kminion,
		args:    func([]string, int) []string { return nil },
		env: func(brokers []string, port int) []string {
			return []string{
				"KAFKA_BROKERS=" + strings.Join(brokers, ","),
				"EXPORTER_HOST=127.0.0.1",
				"EXPORTER_PORT=" + strconv.Itoa(port),
				"MINION_CONSUMERGROUPS_SCRAPEMODE=adminApi",
				"MINION_CONSUMERGROUPS_GRANULARITY=partition",
				"MINION_TOPICS_GRANULARITY=partition",
			}
		},
	},
}

// measurePeers pulls each peer that is on the PATH. One that fails has no row.
func measurePeers(ctx context.Context, o options, brokers []string) []pulled {
	var all []pulled
	for _, p := range peers {
		path, err := exec.LookPath(p.command)
		if err != nil {
			continue // not installed
		}
		got, err := p.measure(ctx, path, o.rounds, brokers)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", p.command, err)
			continue
		}
		all = append(all, got)
	}
	return all
}

func (p peer) measure(ctx context.Context, path string, rounds int, brokers []string) (pulled, error) {
	ports, err := freePorts(1)
	if err != nil {
		return pulled{}, err
	}
	cmd := exec.Command(path, p.args(brokers, ports[0])...)
	cmd.Env = append(os.Environ(), p.env(brokers, ports[0])...)
	if err := cmd.Start(); err != nil {
		return pulled{}, err
	}
	defer func() {
		_ = cmd.Process.Kill() // it may have ended by itself
		_ = cmd.Wait()         // as above
	}()
	page := fmt.Sprintf("http://127.0.0.1:%d/metrics", ports[0])
	got, err := pull(ctx, min(rounds, slowPulls), p.command, page, cmd.Process.Pid)
	got.both = got.gzip.cpu
	return got, err
}
