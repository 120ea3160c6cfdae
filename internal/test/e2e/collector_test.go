// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/child"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// patience bounds every wait: what takes that long has failed.
const patience = 60 * time.Second

// tick is the pause between two looks.
const tick = 100 * time.Millisecond

// collector is a running otelcol-kafkalag.
type collector struct {
	metricsURL, healthURL, selfURL string

	exit    int // the exit status that is expected
	log     *eventLog
	process *child.Process
}

// binary is the built collector.
func binary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("KAFKALAG_COLLECTOR")
	if path != "" {
		return path
	}
	kafkatest.Lacks(t, "e2e", "KAFKALAG_COLLECTOR does not name the built collector: run the tests with `make test`")
	return ""
}

// command runs the built collector with nothing of this process's environment
// but what env ("NAME=value") gives.
func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	return cmd
}

// start runs the collector on these config files, on free ports, and returns
// when it says that it is ready. It is stopped when the test ends.
func start(t *testing.T, env []string, configs ...string) *collector {
	t.Helper()
	c := &collector{}
	c.run(t, env, append(configs, c.portsConfig(t))...)
	return c
}

// run is start, on the ports that the config files name.
func (c *collector) run(t *testing.T, env []string, configs ...string) {
	t.Helper()
	args := []string{}
	for _, config := range configs {
		args = append(args, "--config", config)
	}
	c.launch(t, command(t, env, args...))
}

// launch is run, of a command that is made already.
func (c *collector) launch(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	c.log = newEventLog()
	cmd.Stdout, cmd.Stderr = c.log, c.log
	process, err := child.Start(cmd)
	require.NoError(t, err)
	c.process = process
	t.Cleanup(func() { c.stop(t) })
	c.awaitLog(t, "Everything is ready")
}

// portsConfig writes a config file that gives every endpoint a free port.
func (c *collector) portsConfig(t *testing.T) string {
	t.Helper()
	metrics, health, self := freePort(t), freePort(t), freePort(t)
	c.metricsURL = fmt.Sprintf("http://127.0.0.1:%d/metrics", metrics)
	c.healthURL = fmt.Sprintf("http://127.0.0.1:%d/health/status?verbose", health)
	c.selfURL = fmt.Sprintf("http://127.0.0.1:%d/metrics", self)
	return writeFile(t, "ports.yaml", fmt.Sprintf(`
exporters: {prometheus_page: {endpoint: "127.0.0.1:%d"}}
extensions: {healthcheckv2: {http: {endpoint: "127.0.0.1:%d"}}}
service: {telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: %d}}}}]}}}
`, metrics, health, self))
}

// awaitLog waits until the collector's log has the text.
func (c *collector) awaitLog(t *testing.T, text string) {
	t.Helper()
	select {
	case <-c.log.await(text):
	case <-c.process.Done():
		t.Fatalf("the collector exited (%v) before it logged %q:\n%s", c.process.State(), text, c.log)
	case <-time.After(patience):
		t.Fatalf("the collector did not log %q:\n%s", text, c.log)
	}
}

func (c *collector) stop(t *testing.T) {
	t.Helper()
	if err := c.process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	select {
	case <-c.process.Done():
		assert.Equal(t, c.exit, c.process.State().ExitCode(), "the collector's end: %v", c.process.State())
	case <-time.After(patience):
		t.Errorf("the collector did not stop at SIGTERM")
		c.process.Kill()
	}
	if t.Failed() {
		t.Logf("the collector's log:\n%s", c.log)
	}
}

// shipped is the path of a file of config/.
func shipped(name string) string { return filepath.Join("..", "..", "..", "config", name) }

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func freePort(t *testing.T) int {
	t.Helper()
	port, err := kafkatest.FreePort()
	require.NoError(t, err)
	return port
}
