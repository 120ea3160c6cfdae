// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pulled is what serves Prometheus' text format: what a pull of it costs.
type pulled struct {
	name   string
	scrape time.Duration // CPU of a scrape that nobody pulls; 0 where the pull is the scrape
	wall   time.Duration // the median
	cpu    time.Duration // the mean
	bytes  int64         // of the page, as text
	series int
	peak   int64 // bytes
}

// serving are the shipped configs that serve a page.
var serving = []struct{ name, config string }{
	{"collector, Prometheus", "default.yaml"},
	{"collector, kafka_exporter's names", "kafka-exporter.yaml"},
}

// measurePrometheus measures the collector with each config that serves a page.
func measurePrometheus(ctx context.Context, o options, brokers []string) ([]pulled, error) {
	if err := os.Setenv("KAFKALAG_EXPIRATION", "1h"); err != nil {
		return nil, err
	}
	var all []pulled
	for _, p := range serving {
		scrape, err := o.scrapeCPU(p.config, brokers)
		if err != nil {
			return nil, err
		}
		got, err := o.pullOnce(ctx, p.name, p.config, brokers)
		if err != nil {
			return nil, err
		}
		got.scrape = scrape
		all = append(all, got)
	}
	return all, nil
}

// scrapeCPU is what the whole collector takes for a scrape, its exporter and
// what is between them included.
func (o options) scrapeCPU(config string, brokers []string) (time.Duration, error) {
	c, err := startCollector(o.collector, filepath.Join(o.configs, config), o.receiverConfig(brokers, o.every))
	if err != nil {
		return 0, err
	}
	defer c.stop()
	var samples []sample
	for range 1 + o.rounds { // the first makes connections and does not count
		s, err := c.next(patience)
		if err != nil {
			return 0, err
		}
		samples = append(samples, s)
	}
	return rowOf(config, samples).cpu, nil
}

// pullOnce has the collector scrape once and then pulls its page, so that the
// pulls are all that it does. No time lag is on that page yet.
func (o options) pullOnce(ctx context.Context, name, config string, brokers []string) (pulled, error) {
	c, err := startCollector(o.collector, filepath.Join(o.configs, config), o.receiverConfig(brokers, time.Hour))
	if err != nil {
		return pulled{}, err
	}
	defer c.stop()
	if _, err := c.next(patience); err != nil {
		return pulled{}, err
	}
	return pull(ctx, o.rounds, name, c.metrics, c.pid())
}

// pull takes a page some times, once it is served and there is something on it.
func pull(ctx context.Context, rounds int, name, url string, pid int) (pulled, error) {
	if err := awaitPage(ctx, url); err != nil {
		return pulled{}, err
	}
	p := pulled{name: name}
	before, err := cpuOf(pid)
	if err != nil {
		return p, err
	}
	walls := make([]time.Duration, 0, rounds)
	for range rounds {
		began := time.Now()
		if p.bytes, p.series, err = page(ctx, url); err != nil {
			return p, err
		}
		walls = append(walls, time.Since(began))
	}
	after, err := cpuOf(pid)
	if err != nil {
		return p, err
	}
	slices.Sort(walls)
	p.wall, p.cpu = walls[rounds/2], (after-before)/time.Duration(rounds)
	p.peak, err = peakOf(pid)
	return p, err
}

func awaitPage(ctx context.Context, url string) error {
	for deadline := time.Now().Add(patience); ; {
		_, series, err := page(ctx, url)
		if err == nil && series > 0 {
			return nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return fmt.Errorf("%s stays empty (last error: %w)", url, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// page gets a page, compressed on its way as Prometheus does.
func page(ctx context.Context, url string) (bytes int64, series int, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, 0, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, 0, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, 0, err
	}
	if answer.StatusCode != http.StatusOK {
		return 0, 0, fmt.Errorf("%s: %s", url, answer.Status)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			series++
		}
	}
	return int64(len(text)), series, nil
}

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
		command: "kminion",
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
	url := fmt.Sprintf("http://127.0.0.1:%d/metrics", ports[0])
	return pull(ctx, min(rounds, 3), p.command, url, cmd.Process.Pid) // some take a minute for each
}
