// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package promtest gives tests a real Prometheus, as a child process on
// loopback, and its tool promtool.
package promtest

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/child"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// RemoteWrite is the flag that has [Start]'s server take remote write.
const RemoteWrite = "--web.enable-remote-write-receiver"

// OTLP is the flag that has [StartModern]'s server take OTLP.
const OTLP = "--web.enable-otlp-receiver"

const (
	startLimit   = 60 * time.Second
	pollInterval = 20 * time.Millisecond
)

// Need skips the test where Prometheus is not installed, as [kafkatest.Lacks]
// does. [Start] and [Promtool] call it themselves.
func Need(t testing.TB) {
	t.Helper()
	for _, program := range []string{"prometheus", "promtool"} {
		if _, err := exec.LookPath(program); err != nil {
			kafkatest.Lacks(t, "rules", program+" is not installed")
		}
	}
}

// Server is a running Prometheus.
type Server struct {
	// URL is where it serves, without a slash at the end.
	URL string

	process *child.Process
	log     string // file
}

// Start runs a Prometheus on a free port until the test ends, with this
// configuration and further flags. It returns when the server is ready.
func Start(t testing.TB, config string, flags ...string) *Server {
	t.Helper()
	Need(t)
	return start(t, "prometheus", config, flags...)
}

// StartModern is [Start] with the Prometheus that [Modern] returns.
func StartModern(t testing.TB, config string, flags ...string) *Server {
	t.Helper()
	return start(t, Modern(t), config, flags...)
}

func start(t testing.TB, program, config string, flags ...string) *Server {
	t.Helper()
	dir := t.TempDir()
	s := &Server{log: filepath.Join(dir, "log")}
	file := filepath.Join(dir, "prometheus.yml")
	require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
	var err error
	s.process, err = child.Run(s.log, program, append([]string{
		"--config.file=" + file,
		"--storage.tsdb.path=" + filepath.Join(dir, "data"),
		"--web.listen-address=127.0.0.1:0",
	}, flags...)...)
	require.NoError(t, err)
	t.Cleanup(func() {
		s.process.Kill()
		if t.Failed() {
			t.Logf("the end of prometheus's log:\n%s", child.Tail(s.log, 40))
		}
	})
	s.awaitReady(t)
	return s
}

// RemoteWriteURL is where remote write goes.
func (s *Server) RemoteWriteURL() string { return s.URL + "/api/v1/write" }

// OTLPURL is where OTLP goes.
func (s *Server) OTLPURL() string { return s.URL + "/api/v1/otlp" }

func (s *Server) awaitReady(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(startLimit); ; time.Sleep(pollInterval) {
		err := s.ready()
		if err == nil {
			return
		}
		if !s.process.Running() || time.Now().After(deadline) {
			t.Fatalf("prometheus is not ready (running: %v): %v", s.process.Running(), err)
		}
	}
}

// listening is what the log says of the port that the kernel picked.
var listening = regexp.MustCompile(`msg="Listening on".* address=(\S+)`)

func (s *Server) ready() error {
	if s.URL == "" {
		log, err := os.ReadFile(s.log)
		if err != nil {
			return err
		}
		match := listening.FindSubmatch(log)
		if match == nil {
			return fmt.Errorf("%s does not name the port yet", s.log)
		}
		s.URL = "http://" + string(match[1])
	}
	_, err := get(http.MethodGet, s.URL+"/-/ready", nil)
	return err
}
