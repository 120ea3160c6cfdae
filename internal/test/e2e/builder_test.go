// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

const modulePath = "github.com/kafkalag/kafkalagreceiver"

// A user's own builder config needs one gomod line and nothing else: neither a
// path, nor the replacements of this module's go.mod, which hold only here. The
// page's exporter, a package of the same module, takes one line more.
func TestE2EBuildsFromOneLine(t *testing.T) {
	binary(t) // where the collector was not built, there is no builder either
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	require.NoError(t, err)
	proxy, version := serveModule(t, root)
	module := "gomod: " + modulePath + " " + version
	for name, tt := range map[string]struct {
		exporter string
		modules  int // components that come from this module
	}{
		"receiver":              {"gomod: go.opentelemetry.io/collector/exporter/debugexporter v0.165.0", 1},
		"receiver and exporter": {module + ", import: " + modulePath + "/exporter/prometheuspage", 2},
	} {
		t.Run(name, func(t *testing.T) {
			own := buildOwn(t, root, proxy, fmt.Sprintf("receivers: [{%s}]\nexporters: [{%s}]\n", module, tt.exporter))
			components, err := exec.Command(own, "components").CombinedOutput()
			require.NoError(t, err, "%s", components)
			assert.Equal(t, tt.modules, strings.Count(string(components), "module: "+modulePath+" "+version), "%s", components)
		})
	}
}

// buildOwn builds a collector of these components, and returns the program.
func buildOwn(t *testing.T, root, proxy, components string) string {
	t.Helper()
	out := t.TempDir()
	dist := fmt.Sprintf("dist: {name: own, module: example.com/own, output_path: %q}\n", out)
	build := exec.Command("go", "tool", "-modfile=internal/tools/go.mod", "builder", "--config", writeFile(t, "builder.yaml", dist+components))
	build.Dir = root
	build.Env = append(os.Environ(),
		"GOPROXY=file://"+filepath.ToSlash(proxy)+","+goEnv(t, "GOPROXY"),
		"GONOSUMDB="+modulePath, "GONOPROXY=none", "GOFLAGS=-mod=mod -modcacherw")
	log, err := build.CombinedOutput()
	require.NoError(t, err, "%s", log)
	return filepath.Join(out, "own")
}

// serveModule writes the checkout as a module proxy has it, and returns the
// proxy's folder and the module's version, which is new each time: Go's module
// cache never looks at a version twice.
func serveModule(t *testing.T, root string) (proxy, version string) {
	t.Helper()
	proxy = t.TempDir()
	versions := filepath.Join(proxy, filepath.FromSlash(modulePath), "@v")
	require.NoError(t, os.MkdirAll(versions, 0o755))

	now := time.Now().UTC()
	version = "v0.0.0-" + now.Format("20060102150405") + "-000000000000"
	archive, err := os.Create(filepath.Join(versions, version+".zip"))
	require.NoError(t, err)
	require.NoError(t, zip.CreateFromDir(archive, module.Version{Path: modulePath, Version: version}, root))
	require.NoError(t, archive.Close())

	goMod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(versions, version+".mod"), goMod, 0o600))
	info := fmt.Sprintf(`{"Version": %q, "Time": %q}`, version, now.Format(time.RFC3339))
	require.NoError(t, os.WriteFile(filepath.Join(versions, version+".info"), []byte(info), 0o600))
	t.Cleanup(func() { forgetModule(t, version) })
	return proxy, version
}

// forgetModule takes the version out of Go's module cache.
func forgetModule(t *testing.T, version string) {
	t.Helper()
	cache := goEnv(t, "GOMODCACHE")
	files, err := filepath.Glob(filepath.Join(cache, "cache", "download", modulePath, "@v", version+".*"))
	require.NoError(t, err)
	for _, file := range append(files, filepath.Join(cache, modulePath+"@"+version)) {
		assert.NoError(t, os.RemoveAll(file))
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	value, err := exec.Command("go", "env", name).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(value))
}
