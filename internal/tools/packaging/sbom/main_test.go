// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The bill has what `go version -m` finds in the binary, here this program.
func TestBillHasEachModuleOfTheBinary(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "sbom")
	built, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, "%s", built)
	listed, err := exec.Command("go", "version", "-m", binary).Output()
	require.NoError(t, err)
	want := []string{"pkg:golang/std@" + strings.TrimPrefix(runtime.Version(), "go")}
	for line := range strings.Lines(string(listed)) {
		if fields := strings.Fields(line); fields[0] == "dep" {
			want = append(want, "pkg:golang/"+fields[1]+"@"+fields[2])
		}
	}
	require.Greater(t, len(want), 1)

	bom, err := bill(binary, "1.2.3")
	require.NoError(t, err)
	assert.Equal(t, "sbom", bom.Metadata.Component.Name)
	assert.Equal(t, "1.2.3", bom.Metadata.Component.Version)
	var got []string
	for _, part := range *bom.Components {
		got = append(got, part.PackageURL)
	}
	assert.ElementsMatch(t, want, got)
	assert.ElementsMatch(t, want, *(*bom.Dependencies)[0].Dependencies)
}

// What stands in for a module is what is in the binary, but for a folder.
func TestBillNamesModulesByWhatWasLinked(t *testing.T) {
	linked := debug.Module{Path: "example.com/a", Version: "v1.0.0"}
	for replacement, want := range map[debug.Module]string{
		{Path: "example.com/b", Version: "v1.1.0"}: "pkg:golang/example.com/b@v1.1.0",
		{Path: "example.com/a", Version: "v1.2.0"}: "pkg:golang/example.com/a@v1.2.0",
		{Path: "..", Version: "(devel)"}:           "pkg:golang/example.com/a@1.2.3",
		{Path: "./a", Version: ""}:                 "pkg:golang/example.com/a@1.2.3",
		{Path: "/src/a", Version: "(devel)"}:       "pkg:golang/example.com/a@1.2.3",
	} {
		module := linked
		module.Replace = &replacement
		assert.Equal(t, want, component(&module, "1.2.3").PackageURL, replacement.Path)
	}
	assert.Equal(t, "pkg:golang/example.com/a@v1.0.0", component(&linked, "1.2.3").PackageURL)
}

// Equal binaries have equal bills, and at any time.
func TestBillIsOfTheBinaryAlone(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	var bills [2]bytes.Buffer
	for n := range bills {
		bom, err := bill(self, "1.2.3")
		require.NoError(t, err)
		require.NoError(t, cdx.NewBOMEncoder(&bills[n], cdx.BOMFileFormatJSON).Encode(bom))
	}
	assert.Equal(t, bills[0].String(), bills[1].String())
}

func TestBillNeedsAGoProgram(t *testing.T) {
	_, err := bill("main.go", "1.2.3")
	assert.ErrorContains(t, err, "main.go")
}
