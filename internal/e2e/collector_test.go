// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience bounds every wait: what takes that long has failed.
const patience = 60 * time.Second

// tick is the pause between two looks.
const tick = 100 * time.Millisecond

// collector is a running otelcol-kafkalag.
type collector struct {
	metricsURL, healthURL, selfURL string

	log    *eventLog
	cmd    *exec.Cmd
	exited chan struct{} // closed when the process has ended and is reaped
}

// binary is the built collector.
func binary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("KAFKALAG_COLLECTOR")
	if path != "" {
		return path
	}
	missing(t, "KAFKALAG_COLLECTOR does not name the built collector: run the tests with `make test`")
	return ""
}

// missing skips the test, unless KAFKALAG_REQUIRE has "all" or "product".
func missing(t *testing.T, what string) {
	t.Helper()
	required := strings.Split(os.Getenv("KAFKALAG_REQUIRE"), ",")
	if slices.Contains(required, "all") || slices.Contains(required, "product") {
		t.Fatal(what)
	}
	t.Skip(what)
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
// when it says that it is ready. It is stopped when the test ends; then it must
// exit with status 0.
func start(t *testing.T, env []string, configs ...string) *collector {
	t.Helper()
	c := &collector{log: newEventLog(), exited: make(chan struct{})}
	args := []string{}
	for _, config := range append(configs, c.portsConfig(t)) {
		args = append(args, "--config", config)
	}
	c.cmd = command(t, env, args...)
	c.launch(t)
	return c
}

// launch starts the command, and returns when it says that it is ready. It is
// stopped as start says.
func (c *collector) launch(t *testing.T) {
	t.Helper()
	c.cmd.Stdout, c.cmd.Stderr = c.log, c.log
	if c.cmd.SysProcAttr == nil {
		c.cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	dieWithParent(c.cmd.SysProcAttr)
	c.run(t)
	t.Cleanup(func() { c.stop(t) })
	c.awaitLog(t, "Everything is ready")
}

// run starts the process on a thread that lives as long as it does: the kernel
// ends the child with the thread that started it.
func (c *collector) run(t *testing.T) {
	t.Helper()
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := c.cmd.Start()
		started <- err
		if err == nil {
			_ = c.cmd.Wait() // stop looks at the state
			close(c.exited)
		}
	}()
	require.NoError(t, <-started)
}

// portsConfig writes a config file that moves every endpoint to a free port.
func (c *collector) portsConfig(t *testing.T) string {
	t.Helper()
	metrics, health, self := freePort(t), freePort(t), freePort(t)
	c.metricsURL = fmt.Sprintf("http://127.0.0.1:%d/metrics", metrics)
	c.healthURL = fmt.Sprintf("http://127.0.0.1:%d/health/status?verbose", health)
	c.selfURL = fmt.Sprintf("http://127.0.0.1:%d/metrics", self)
	return writeFile(t, "ports.yaml", fmt.Sprintf(`
exporters: {prometheus: {endpoint: "127.0.0.1:%d"}}
extensions: {healthcheckv2: {http: {endpoint: "127.0.0.1:%d"}}}
service: {telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: %d}}}}]}}}
`, metrics, health, self))
}

// awaitLog waits until the collector's log has the text.
func (c *collector) awaitLog(t *testing.T, text string) {
	t.Helper()
	select {
	case <-c.log.await(text):
	case <-c.exited:
		t.Fatalf("the collector exited (%v) before it logged %q:\n%s", c.cmd.ProcessState, text, c.log)
	case <-time.After(patience):
		t.Fatalf("the collector did not log %q:\n%s", text, c.log)
	}
}

func (c *collector) stop(t *testing.T) {
	t.Helper()
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // fails only if it has exited
	select {
	case <-c.exited:
		assert.True(t, c.cmd.ProcessState.Success(), "the collector's end: %v", c.cmd.ProcessState)
	case <-time.After(patience):
		t.Errorf("the collector did not stop at SIGTERM")
		_ = c.cmd.Process.Kill() // as above
		<-c.exited
	}
	if t.Failed() {
		t.Logf("the collector's log:\n%s", c.log)
	}
}

// shipped is the path of a file of config/.
func shipped(name string) string { return filepath.Join("..", "..", "config", name) }

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// freePort is a port of the kernel's choice that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
