// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

const serviceName = "otelcol-kafkalag.service"

// Packaging takes seconds, so these tests share what it makes.
func TestE2EPackages(t *testing.T) {
	folder := buildPackages(t, "1.2.3")
	t.Run("are whole", func(t *testing.T) { testPackagesAreWhole(t, folder) })
	t.Run("run", func(t *testing.T) { testPackageRuns(t, folder) })
	t.Run("have a hardened unit", func(t *testing.T) { testUnitIsHardened(t, folder) })
}

// A package's life: installed, given its brokers, run by its unit's command
// line, upgraded, removed.
func testPackageRuns(t *testing.T, folder string) {
	t.Helper()
	m := newMachine(t)
	out := m.dpkg(t, "--install", debOf(t, folder))
	assert.Equal(t, []string{"daemon-reload", "try-restart " + serviceName}, out)
	assert.Equal(t, os.FileMode(0o600), mode(t, m, envFile), "it has the password")
	assert.Equal(t, os.FileMode(0o644), mode(t, m, configFile), "the service's user reads it")

	for _, config := range []string{
		"otlp.yaml", "endpoint/tls.yaml", "probe/default.yaml", "self/remote-write.yaml", "services/strimzi.yaml", "kafkalag.schema.json",
	} {
		assert.FileExists(t, m.path("usr/share/doc/otelcol-kafkalag/config/"+config))
	}

	kafka := startKafka(t)
	check := exec.Command(m.path("usr/bin/kafkalag-check"), m.path(configFile))
	check.Env = []string{"KAFKA_BROKERS=" + strings.Join(kafka.Brokers(), ",")}
	found, err := check.CombinedOutput()
	require.NoError(t, err, "%s", found)
	assert.Contains(t, string(found), "kafkalag: all is well")

	c := &collector{}
	ports, err := os.ReadFile(c.portsConfig(t))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(m.path("etc/otelcol-kafkalag/ports.yaml"), ports, 0o644))
	m.edit(t, envFile, `/config.yaml"`, `/config.yaml --config=/etc/otelcol-kafkalag/ports.yaml"`)
	m.edit(t, envFile, "KAFKA_BROKERS=localhost:9092", "KAFKA_BROKERS="+strings.Join(kafka.Brokers(), ","))
	service := m.service(t)
	service.Env = append(service.Env, "CREDENTIALS_DIRECTORY="+m.addCredential(t, "alias", "renamed"))
	c.launch(t, service)
	c.eventually(t, func(now *assert.CollectT, found families) {
		assert.Equal(now, billingLag, found.values(now, "kafka_consumer_group_lag", lagLabels...))
	})

	testReload(t, m, c)

	settings := m.read(t, envFile)
	out = m.dpkg(t, "--install", debOf(t, buildPackages(t, "1.2.4")))
	assert.Equal(t, []string{"daemon-reload", "daemon-reload", "try-restart " + serviceName}, out)
	assert.Equal(t, settings, m.read(t, envFile), "what the user set")

	out = m.dpkg(t, "--remove", "otelcol-kafkalag")
	assert.Equal(t, []string{"disable --now " + serviceName, "daemon-reload"}, out)
	assert.NoFileExists(t, m.path(unitFile))
	assert.Equal(t, settings, m.read(t, envFile), "what the user set")
	m.dpkg(t, "--purge", "otelcol-kafkalag")
	assert.NoFileExists(t, m.path(envFile))
}

// A reload with a mistake is refused, and the collector goes on as it is. One
// that is right may read credentials.
func testReload(t *testing.T, m machine, c *collector) {
	t.Helper()
	named := func(alias string) {
		c.eventually(t, func(now *assert.CollectT, found families) {
			assert.Equal(now, map[string]float64{alias: 3}, found.values(now, "kafka_brokers", "kafka_cluster_alias"))
		})
	}
	m.edit(t, configFile, "cluster_alias: ${env:KAFKA_CLUSTER_ALIAS:-}", "cluster_alais: renamed")
	out, err := m.reload(t, c.process.PID())
	require.Error(t, err)
	assert.Contains(t, out, "cluster_alais")
	named("")

	m.edit(t, configFile, "cluster_alais: renamed", "cluster_alias: ${file:${env:CREDENTIALS_DIRECTORY}/alias}")
	out, err = m.reload(t, c.process.PID())
	require.NoError(t, err, out)
	named("renamed")
}

// systemd finds nothing wrong with the unit, and little to be afraid of.
func testUnitIsHardened(t *testing.T, folder string) {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		kafkatest.Lacks(t, "e2e", "checking the unit needs systemd-analyze")
	}
	m := newMachine(t)
	m.dpkg(t, "--install", debOf(t, folder))
	for _, target := range []string{"sysinit", "basic", "shutdown", "network-online"} {
		unit := m.path("usr/lib/systemd/system/" + target + ".target")
		require.NoError(t, os.WriteFile(unit, []byte("[Unit]\nDescription=of the machine\n"), 0o600))
	}
	require.NoError(t, os.Mkdir(m.path("bin"), 0o755))
	for _, program := range []string{"bin/kill", "usr/bin/env"} {
		require.NoError(t, os.WriteFile(m.path(program), nil, 0o700))
	}

	out, err := exec.Command("systemd-analyze", "verify", "--man=no", "--root="+m.root, serviceName).CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Empty(t, string(out))
	out, err = exec.Command("systemd-analyze", "security", "--no-pager", "--offline=true", "--root="+m.root,
		"--threshold=15", serviceName).CombinedOutput() // tenths of its 10 for no protection at all
	require.NoError(t, err, "%s", out)
}

// What is downloaded can be checked, and is what it says it is.
func testPackagesAreWhole(t *testing.T, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	require.NoError(t, err)
	var kinds []string
	for _, file := range files {
		_, kind, _ := strings.Cut(filepath.Base(file), "_linux_")
		_, kind, _ = strings.Cut(kind, ".")
		kinds = append(kinds, kind)
	}
	assert.ElementsMatch(t, []string{"", "cdx.json", "deb", "rpm", "tar.gz"}, kinds) // "" is SHA256SUMS

	check := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	check.Dir = folder
	out, err := check.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Equal(t, len(files)-1, linesWith(string(out), ": OK"))

	bill, err := filepath.Glob(filepath.Join(folder, "*.cdx.json"))
	require.NoError(t, err)
	assert.Contains(t, componentsOf(t, bill[0]), component{"github.com/kafkalag/kafkalagreceiver", "1.2.3"})

	archive, err := filepath.Glob(filepath.Join(folder, "*.tar.gz"))
	require.NoError(t, err)
	unpacked := t.TempDir()
	out, err = exec.Command("tar", "--extract", "--strip-components=1", "--directory", unpacked, "--file", archive[0]).CombinedOutput()
	require.NoError(t, err, "%s", out)
	// It is made of nothing that the collector is not made of, whose SBOM there is.
	assert.Subset(t, componentsOf(t, bill[0]), modulesOf(t, filepath.Join(unpacked, "kafkalag-check")))
	validate := exec.Command(filepath.Join(unpacked, "otelcol-kafkalag"), "validate", "--config=config/default.yaml")
	validate.Dir, validate.Env = unpacked, []string{}
	out, err = validate.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

type component struct{ Name, Version string }

// modulesOf is what the linker has recorded in a program.
func modulesOf(t *testing.T, program string) []component {
	t.Helper()
	info, err := buildinfo.ReadFile(program)
	require.NoError(t, err)
	require.NotEmpty(t, info.Deps)
	var modules []component
	for _, module := range info.Deps {
		modules = append(modules, component{module.Path, module.Version})
	}
	return modules
}

// componentsOf is what an SBOM says that the program is made of.
func componentsOf(t *testing.T, bill string) []component {
	t.Helper()
	text, err := os.ReadFile(bill)
	require.NoError(t, err)
	var content struct{ Components []component }
	require.NoError(t, json.Unmarshal(text, &content))
	return content.Components
}

func debOf(t *testing.T, folder string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "*.deb"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

func mode(t *testing.T, m machine, name string) os.FileMode {
	t.Helper()
	info, err := os.Stat(m.path(name))
	require.NoError(t, err)
	return info.Mode().Perm()
}
