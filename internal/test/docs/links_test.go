// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Links within the repository lead somewhere. Others are not followed: a test
// needs no network.
func TestLinksResolve(t *testing.T) {
	pages := map[string]Page{}
	for _, p := range All(t) {
		pages[p.Path] = p
	}
	require.Contains(t, pages, "docs/README.md")
	for _, p := range pages {
		for _, link := range p.Links() {
			if strings.Contains(link, "://") {
				continue
			}
			file, anchor, anchored := strings.Cut(link, "#")
			to := p.Path
			if file != "" {
				to = path.Join(path.Dir(p.Path), file)
			}
			assert.True(t, inRepository(t, to), "%s links to %s", p.Path, link)
			if anchored {
				assert.True(t, pages[to].Anchors()[anchor], "%s links to %s", p.Path, link)
			}
		}
	}
}

// Every guide is on the list of guides, and nothing is on it twice.
func TestEveryGuideIsListed(t *testing.T) {
	listed := Read(t, "docs/README.md").Links()
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(listed))), len(listed), "twice in %s", listed)
	for _, p := range All(t) {
		if name, guide := strings.CutPrefix(p.Path, "docs/"); guide && name != "README.md" {
			assert.Contains(t, listed, name)
		}
	}
}

var repositoryPath = regexp.MustCompile(`^(\.ci|cmd|config|deploy|docs|internal|observability|receiver|scripts)/[\w./*-]*$|^(doc\.go|Makefile|(metadata|builder-config)\.yaml)$`)

// What looks like a path of the repository is there: what begins with one of
// its folders, in backticks.
func TestPathsExist(t *testing.T) {
	seen := 0
	for _, p := range All(t) {
		for _, span := range p.Code() {
			span = strings.TrimSuffix(span, "…")
			if !repositoryPath.MatchString(span) {
				continue
			}
			seen++
			found, err := filepath.Glob(filepath.Join(Root(t), span))
			require.NoError(t, err)
			assert.NotEmpty(t, found, "%s names %s", p.Path, span)
		}
	}
	assert.Greater(t, seen, 30)
}

// The table of folders has each that code lives in.
func TestEveryFolderIsListed(t *testing.T) {
	listed := map[string]bool{}
	for _, row := range Read(t, "docs/architecture.md").Rows() {
		for _, place := range InCode(row.Cells["place"]) {
			listed[strings.TrimSuffix(place, "/")] = true
		}
	}
	for _, file := range Files(t, ".go", ".sh", ".yaml") {
		folders := strings.Split(path.Dir(file), "/")
		place := folders[0]
		if len(folders) > 1 && (place == "internal" || place == "cmd") {
			place += "/" + folders[1]
		}
		if place != "." && !listed[place] {
			t.Errorf("docs/architecture.md has no row for %s", place)
			listed[place] = true // one line is enough
		}
	}
}

// inRepository reports whether there is such a file or folder.
func inRepository(t *testing.T, name string) bool {
	t.Helper()
	_, err := os.Stat(filepath.Join(Root(t), name))
	return err == nil
}
