// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// machine is a folder that packages are installed into as if it were a Debian
// machine, so that the one that the test runs on stays as it is.
type machine struct {
	root  string
	calls string // where the stand-in for systemctl writes its arguments
}

func newMachine(t *testing.T) machine {
	t.Helper()
	if _, err := exec.LookPath("dpkg"); err != nil {
		kafkatest.Lacks(t, "e2e", "installing the package needs dpkg")
	}
	m := machine{root: t.TempDir(), calls: filepath.Join(t.TempDir(), "calls")}
	// The service's user is another one than the test's, and must come through.
	require.NoError(t, os.Chmod(filepath.Dir(m.root), 0o755))
	for _, folder := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates", "run/systemd/system"} {
		require.NoError(t, os.MkdirAll(m.path(folder), 0o755))
	}
	require.NoError(t, os.WriteFile(m.path("var/lib/dpkg/status"), nil, 0o600))
	return m
}

func (m machine) path(name string) string { return filepath.Join(m.root, name) }

func (m machine) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(m.path(name))
	require.NoError(t, err)
	return string(text)
}

// edit replaces a text that the file must have.
func (m machine) edit(t *testing.T, name, before, after string) {
	t.Helper()
	text := m.read(t, name)
	require.Contains(t, text, before)
	require.NoError(t, os.WriteFile(m.path(name), []byte(strings.ReplaceAll(text, before, after)), 0o600))
}

// dpkg runs it on the machine, and returns what the package's scripts asked of
// systemctl.
func (m machine) dpkg(t *testing.T, args ...string) (systemctl []string) {
	t.Helper()
	standIn := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\necho \"$*\" >>%q\n", m.calls)
	require.NoError(t, os.WriteFile(filepath.Join(standIn, "systemctl"), []byte(script), 0o700))
	require.NoError(t, os.WriteFile(m.calls, nil, 0o600))

	options := []string{"--root=" + m.root, "--log=" + m.path("dpkg.log"), "--force-not-root", "--force-script-chrootless"}
	cmd := exec.Command("dpkg", append(options, args...)...)
	cmd.Env = append(os.Environ(), "PATH="+standIn+":"+os.Getenv("PATH")+":/usr/sbin:/sbin")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)

	calls, err := os.ReadFile(m.calls)
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(calls)), "\n")
}

// buildPackages packages the built collector for this machine, and returns the
// folder.
func buildPackages(t *testing.T, version string) string {
	t.Helper()
	folder := t.TempDir()
	cmd := exec.Command(filepath.Join("..", "..", "..", "scripts", "package.sh"), "linux/"+runtime.GOARCH)
	cmd.Env = append(os.Environ(), "PACKAGES="+folder, "VERSION="+version, "KAFKALAG_COLLECTOR="+binary(t))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return folder
}
