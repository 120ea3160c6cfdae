// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// collector is the built collector as a process, on one of the shipped configs.
type collector struct {
	cmd      *exec.Cmd
	dir      string
	sink     *sink
	metrics  string // URL of the Prometheus exporter, where the config has one
	self     string // URL of the collector's own metrics
	finished bool
}

// startCollector runs the binary on the config and points it at the brokers
// and at a sink. Its arguments end with what is to change that.
func startCollector(binary, config string, receiver map[string]any, more ...string) (_ *collector, err error) {
	c := &collector{}
	if c.sink, err = startSink(); err != nil {
		return nil, err
	}
	if c.dir, err = os.MkdirTemp("", "bench-"); err != nil {
		return nil, err
	}
	overrides, err := c.overrides(receiver)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(c.dir, "collector.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	c.cmd = exec.Command(binary, append([]string{"--config", config, "--config", overrides}, more...)...)
	c.cmd.Env = append(os.Environ(), "OTLP_ENDPOINT=http://"+c.sink.address)
	c.cmd.Stdout, c.cmd.Stderr = log, log
	return c, c.cmd.Start()
}

// overrides writes a config file, which is JSON and so YAML too.
func (c *collector) overrides(receiver map[string]any) (string, error) {
	ports, err := freePorts(3)
	if err != nil {
		return "", err
	}
	at := func(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
	c.metrics, c.self = "http://"+at(ports[0])+"/metrics", "http://"+at(ports[1])+"/metrics"
	pull := map[string]any{"prometheus": map[string]any{"host": "127.0.0.1", "port": ports[1]}}
	push := map[string]any{"otlp": map[string]any{"protocol": "grpc", "endpoint": "http://" + c.sink.address, "insecure": true}}
	page := map[string]any{"endpoint": at(ports[0])}
	text, err := json.Marshal(map[string]any{
		"receivers":  map[string]any{"kafkalag": receiver},
		"exporters":  map[string]any{"prometheus_page": page, "prometheus": page},
		"extensions": map[string]any{"healthcheckv2": map[string]any{"http": map[string]any{"endpoint": at(ports[2])}}},
		"service": map[string]any{"telemetry": map[string]any{
			"metrics": map[string]any{"readers": []any{map[string]any{"pull": map[string]any{"exporter": pull}}}},
			"traces":  map[string]any{"processors": []any{map[string]any{"simple": map[string]any{"exporter": push}}}},
		}},
	})
	if err != nil {
		return "", err
	}
	path := filepath.Join(c.dir, "overrides.yaml")
	return path, os.WriteFile(path, text, 0o600)
}

// next waits for a scrape.
func (c *collector) next(limit time.Duration) (sample, error) {
	select {
	case got := <-c.sink.scrapes:
		var err error
		got.Totals, err = c.totals()
		return got, err
	case <-time.After(limit):
		log, _ := os.ReadFile(filepath.Join(c.dir, "collector.log"))
		return sample{}, fmt.Errorf("no scrape in %v; the collector's log:\n%s", limit, log)
	}
}

// waiting reports whether there has been a scrape since.
func (c *collector) waiting() bool { return len(c.sink.scrapes) > 0 }

func (c *collector) pid() int { return c.cmd.Process.Pid }

// totals asks the kernel and the collector itself.
func (c *collector) totals() (t Totals, err error) {
	if t.CPU, err = cpuOf(c.pid()); err != nil {
		return t, err
	}
	answer, err := http.Get(c.self)
	if err != nil {
		return t, err
	}
	defer answer.Body.Close()
	t.Points, _ = c.sink.received()
	return t, t.read(answer.Body)
}

// read takes the receiver's own counters from a page in Prometheus' text format.
func (t *Totals) read(page io.Reader) error {
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(page)
	if err != nil {
		return err
	}
	for name, family := range families {
		for _, series := range family.GetMetric() {
			t.add(strings.TrimSuffix(name, "_total"), int64(series.GetCounter().GetValue()), func(label string) string {
				for _, pair := range series.GetLabel() {
					if pair.GetName() == label {
						return pair.GetValue()
					}
				}
				return ""
			})
		}
	}
	return nil
}

// lost is how many of the points that were scraped have not arrived: none as soon
// as as many have, for which there is time until the limit.
func (c *collector) lost(limit time.Duration) (int, error) {
	for deadline := time.Now().Add(limit); ; time.Sleep(10 * time.Millisecond) {
		t, err := c.totals()
		if err != nil {
			return 0, err
		}
		if t.Scraped == t.Points || time.Now().After(deadline) {
			return t.Scraped - t.Points, nil
		}
	}
}

// finish ends the collector in an orderly way, so that all that it holds
// arrives.
func (c *collector) finish() error {
	c.finished = true
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return c.cmd.Wait()
}

// stop ends what still runs.
func (c *collector) stop() {
	if !c.finished {
		_ = c.cmd.Process.Kill() // it may have ended by itself
		_ = c.cmd.Wait()         // as above
	}
	c.sink.close()
	_ = os.RemoveAll(c.dir) // in the system's temporary folder
}

func freePorts(n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		port, err := kafkatest.FreePort()
		if err != nil {
			return nil, err
		}
		ports[i] = port
	}
	return ports, nil
}
