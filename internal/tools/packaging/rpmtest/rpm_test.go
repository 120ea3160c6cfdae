// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package rpmtest

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/rpm"
	"github.com/sassoftware/go-rpmutils"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// keptAsEdited is rpm's %config(noreplace): an upgrade leaves the file alone.
const keptAsEdited = rpmutils.RPMFILE_CONFIG | rpmutils.RPMFILE_NOREPLACE

func TestRPMHasWhatItInstalls(t *testing.T) {
	t.Chdir(filepath.Join("..", "..", "..", ".."))
	want := map[string]file{
		"/usr/bin/kafkalag-check":                          {mode: 0o755},
		"/usr/bin/otelcol-kafkalag":                        {mode: 0o755},
		"/etc/otelcol-kafkalag":                            {mode: 0o755},
		"/etc/otelcol-kafkalag/config.yaml":                {mode: 0o644, flags: keptAsEdited},
		"/etc/otelcol-kafkalag/otelcol-kafkalag.env":       {mode: 0o600, flags: keptAsEdited},
		"/usr/lib/systemd/system/otelcol-kafkalag.service": {mode: 0o644},
		"/usr/share/doc/otelcol-kafkalag/copyright":        {mode: 0o644},
	}
	require.NoError(t, filepath.WalkDir("config", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			want["/usr/share/doc/otelcol-kafkalag/"+name] = file{mode: 0o644}
		}
		return err
	}))
	for architecture, known := range map[string]string{"amd64": "x86_64", "arm64": "aarch64"} {
		header := packaged(t, architecture).Header
		name, err := header.GetNEVRA()
		require.NoError(t, err)
		assert.Equal(t, "otelcol-kafkalag-1.2.3-1."+known, name.Name+"-"+name.Version+"-"+name.Release+"."+name.Arch)
		assert.Equal(t, want, files(t, header))
		for tag, script := range map[int]string{
			rpmutils.POSTIN: "postinstall.sh", rpmutils.PREUN: "preremove.sh", rpmutils.POSTUN: "postremove.sh",
		} {
			text, err := os.ReadFile(filepath.Join("deploy", "package", script))
			require.NoError(t, err)
			got, err := header.GetString(tag)
			require.NoError(t, err)
			assert.Equal(t, string(text), got, script)
		}
	}
}

type file struct {
	mode  fs.FileMode
	flags int
}

func files(t *testing.T, header *rpmutils.RpmHeader) map[string]file {
	t.Helper()
	listed, err := header.GetFiles()
	require.NoError(t, err)
	found := make(map[string]file)
	for _, one := range listed {
		assert.Equal(t, "root:root", one.UserName()+":"+one.GroupName(), one.Name())
		found[one.Name()] = file{mode: fs.FileMode(one.Mode()) & fs.ModePerm, flags: one.Flags()}
	}
	return found
}

// packaged is the .rpm with files in the place of the programs.
func packaged(t *testing.T, architecture string) *rpmutils.Rpm {
	t.Helper()
	binaries := t.TempDir()
	for _, name := range []string{"otelcol-kafkalag", "kafkalag-check"} {
		require.NoError(t, os.WriteFile(filepath.Join(binaries, name), []byte("a program"), 0o600))
	}
	env := map[string]string{"VERSION": "1.2.3", "ARCH": architecture, "BINARIES": binaries}
	config, err := nfpm.ParseFileWithEnvMapping("deploy/package/nfpm.yaml", func(name string) string { return env[name] })
	require.NoError(t, err)
	info, err := config.Get("rpm")
	require.NoError(t, err)
	packager, err := nfpm.Get("rpm")
	require.NoError(t, err)
	var made bytes.Buffer
	require.NoError(t, packager.Package(nfpm.WithDefaults(info), &made))
	rpm, err := rpmutils.ReadRpm(&made)
	require.NoError(t, err)
	return rpm
}
