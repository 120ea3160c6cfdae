// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sampleChangelog = `# Changelog

## [Unreleased]

- not released

## [0.2.0] - 2026-12-24

### Added

- a guide: [docs/risk.md](docs/risk.md#catch-up-time), [of Kafka](https://kafka.apache.org)

## [0.1.0] - 2026-12-01

- the first

## [0.0.9] - 2026-11-30
`

func releaseNotes(t *testing.T, version string) (notes, complaint string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(Root(t), "scripts", "release-notes.sh"), version)
	cmd.Stdin = strings.NewReader(sampleChangelog)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	return stdout.String(), stderr.String(), err
}

func TestReleaseNotesAreTheVersionsSection(t *testing.T) {
	for version, want := range map[string]string{
		"0.2.0": "### Added\n\n- a guide: [docs/risk.md](https://github.com/kafkalag/kafkalagreceiver/blob/v0.2.0/docs/risk.md#catch-up-time), " +
			"[of Kafka](https://kafka.apache.org)\n",
		"0.1.0": "- the first\n",
	} {
		notes, _, err := releaseNotes(t, version)
		require.NoError(t, err, version)
		assert.Equal(t, want, notes)
	}
}

// A release without notes is one whose changelog was forgotten.
func TestReleaseNotesOfNothing(t *testing.T) {
	for _, version := range []string{"0.0.9", "0.1", "1.0.0"} {
		notes, complaint, err := releaseNotes(t, version)
		require.Error(t, err, version)
		assert.Empty(t, notes)
		assert.Equal(t, "the changelog has nothing on "+version+"\n", complaint)
	}
}

var versioned = regexp.MustCompile(`otelcol-kafkalag[:_](\d+\.\d+\.\d+(?:-dev)?)`)

// Images and packages are named on pages and in manifests by the version that
// the distribution has.
func TestVersionIsTheDistributions(t *testing.T) {
	version := regexp.MustCompile(`(?m)^  version: (\S+)$`).FindStringSubmatch(read(t, "builder-config.yaml"))
	require.NotNil(t, version)
	seen := 0
	for _, file := range Files(t, ".md", ".yaml") {
		for _, named := range versioned.FindAllStringSubmatch(read(t, file), -1) {
			assert.Equal(t, version[1], named[1], file)
			seen++
		}
	}
	assert.Greater(t, seen, 3)
}

// Somebody else's tag can be moved to other code, a commit cannot.
func TestActionsArePinned(t *testing.T) {
	workflows, err := filepath.Glob(filepath.Join(Root(t), ".github", "workflows", "*.yml"))
	require.NoError(t, err)
	require.NotEmpty(t, workflows)
	for _, workflow := range workflows {
		file, err := filepath.Rel(Root(t), workflow)
		require.NoError(t, err)
		for line := range strings.Lines(read(t, file)) {
			if strings.Contains(line, "uses:") {
				assert.Regexp(t, `uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\n$`, line, file)
			}
		}
	}
}
