// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	unitFile   = "usr/lib/systemd/system/otelcol-kafkalag.service"
	configFile = "etc/otelcol-kafkalag/config.yaml"
	envFile    = "etc/otelcol-kafkalag/otelcol-kafkalag.env"
)

// dynamicUser is of the range from which systemd takes those of DynamicUser=.
const dynamicUser = 61184

// service is the command that systemd would run for the installed unit: its
// ExecStart.
func (m machine) service(t *testing.T) *exec.Cmd {
	t.Helper()
	return m.commands(t, "ExecStart", 0)[0]
}

// reload is what `systemctl reload` does: the unit's ExecReload lines in turn, up
// to the first that fails. It returns what that one said.
func (m machine) reload(t *testing.T, mainPID int) (string, error) {
	t.Helper()
	for _, cmd := range m.commands(t, "ExecReload", mainPID) {
		if out, err := cmd.CombinedOutput(); err != nil {
			return string(out), err
		}
	}
	return "", nil
}

// commands is what systemd would run for the lines of that key in the installed
// unit, with the unit's environment and nothing else, as a user without rights.
func (m machine) commands(t *testing.T, key string, mainPID int) []*exec.Cmd {
	t.Helper()
	env := map[string]string{}
	if mainPID > 0 {
		env["MAINPID"] = strconv.Itoa(mainPID)
	}
	for _, value := range m.values(t, "Environment") {
		assign(t, env, value)
	}
	for _, file := range m.values(t, "EnvironmentFile") {
		m.assignAll(t, env, file)
	}
	lines := m.values(t, key)
	require.NotEmpty(t, lines)
	var cmds []*exec.Cmd
	for _, line := range lines {
		cmds = append(cmds, m.command(line, env))
	}
	return cmds
}

// addCredential makes a file as LoadCredential= does, and returns its folder. The
// folder is seen at the places too that the unit binds it to.
func (m machine) addCredential(t *testing.T, name, value string) string {
	t.Helper()
	folder := m.path("run/credentials/" + serviceName)
	require.NoError(t, os.MkdirAll(folder, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(value), 0o644))
	for _, bound := range m.values(t, "BindReadOnlyPaths") {
		from, to, _ := strings.Cut(strings.TrimPrefix(bound, "-"), ":")
		require.NoError(t, os.MkdirAll(filepath.Dir(m.path(to)), 0o755))
		require.NoError(t, os.Symlink(m.path(from), m.path(to)))
	}
	return folder
}

// values returns what the installed unit has for that key.
func (m machine) values(t *testing.T, key string) []string {
	t.Helper()
	var values []string
	for line := range strings.Lines(m.read(t, unitFile)) {
		if name, value, _ := strings.Cut(strings.TrimSpace(line), "="); name == key {
			values = append(values, strings.NewReplacer("%n", serviceName, "%p", "otelcol-kafkalag").Replace(value))
		}
	}
	return values
}

// assignAll reads an environment file.
func (m machine) assignAll(t *testing.T, env map[string]string, file string) {
	t.Helper()
	for line := range strings.Lines(m.read(t, file)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			assign(t, env, line)
		}
	}
}

// command is that of one line. Its files are where they are on this machine.
func (m machine) command(line string, env map[string]string) *exec.Cmd {
	var args []string
	for arg := range strings.FieldsSeq(line) {
		if name, isVariable := strings.CutPrefix(arg, "$"); isVariable {
			args = append(args, strings.Fields(env[name])...) // one that stands alone is split
		} else {
			args = append(args, arg)
		}
	}
	for n := range args {
		args[n] = strings.ReplaceAll(args[n], "=/etc/", "="+m.path("etc")+"/")
		args[n] = strings.ReplaceAll(args[n], "=/run/", "="+m.path("run")+"/")
		if args[n] == "/usr/bin/otelcol-kafkalag" {
			args[n] = m.path(args[n])
		}
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = []string{}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: dynamicUser, Gid: dynamicUser}
	}
	return cmd
}

// assign reads NAME=VALUE and NAME="VALUE".
func assign(t *testing.T, env map[string]string, line string) {
	t.Helper()
	name, value, found := strings.Cut(line, "=")
	require.True(t, found, line)
	env[name] = strings.Trim(value, `"`)
}
