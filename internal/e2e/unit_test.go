// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"os/exec"
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
// ExecStart, with its environment and nothing else, as a user without rights.
func (m machine) service(t *testing.T) *exec.Cmd {
	t.Helper()
	env := make(map[string]string)
	var execStart []string
	for line := range strings.Lines(m.read(t, unitFile)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "Environment":
			assign(t, env, value)
		case "EnvironmentFile":
			for line := range strings.Lines(m.read(t, value)) {
				if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
					assign(t, env, line)
				}
			}
		case "ExecStart":
			execStart = strings.Fields(value)
		}
	}
	require.NotEmpty(t, execStart)

	var args []string
	for _, arg := range execStart[1:] {
		if name, isVariable := strings.CutPrefix(arg, "$"); isVariable {
			args = append(args, strings.Fields(env[name])...) // one that stands alone is split
		} else {
			args = append(args, arg)
		}
	}
	for n := range args { // where those files are on this machine
		args[n] = strings.ReplaceAll(args[n], "=/etc/", "="+m.path("etc")+"/")
	}
	cmd := exec.Command(m.path(execStart[0]), args...)
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
