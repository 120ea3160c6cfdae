// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package promtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// module pins the Prometheus that [Modern] builds.
const module = "internal/tools/prometheus"

const server = "github.com/prometheus/prometheus"

var pinned = regexp.MustCompile(`\t` + server + ` (v\S+)`)

// Modern returns the path of a Prometheus of today: distributions have older
// ones, which take no OTLP. It is built from its Go module, without the
// discovery of targets in clouds. That takes minutes the first time; then it
// lies in the user's cache folder.
func Modern(t testing.TB) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	folder := filepath.Join(filepath.Dir(here), "..", "..", "..", module)
	program, err := modernPath(folder)
	require.NoError(t, err)
	if _, err := os.Stat(program); err == nil {
		return program
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(program), 0o755))
	building, err := os.MkdirTemp(filepath.Dir(program), "building") //nolint:usetesting // beside program, to be renamed
	require.NoError(t, err)
	defer os.RemoveAll(building)
	built := filepath.Join(building, "prometheus")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "remove_all_sd", "-o", built, server+"/cmd/prometheus")
	build.Dir, build.Env = folder, append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	// Renamed, so that nobody else finds half of it.
	require.NoError(t, os.Rename(built, program))
	return program
}

// modernPath is where the version lies that folder's go.mod pins.
func modernPath(folder string) (string, error) {
	mod, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		return "", err
	}
	version := pinned.FindSubmatch(mod)
	if version == nil {
		return "", fmt.Errorf("%s/go.mod pins no %s", module, server)
	}
	cache := os.Getenv("KAFKALAG_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no cache folder for prometheus: %w", err)
		}
		cache = filepath.Join(user, "kafkalagreceiver")
	}
	return filepath.Join(cache, "prometheus", string(version[1]), "prometheus"), nil
}
