// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Page is one Markdown file.
type Page struct {
	// Path is relative to the repository, with slashes.
	Path string
	Text string
}

// Block is a fenced block of a page.
type Block struct {
	// Line is the number of its first line.
	Line int
	// Language is what stands behind the fence: "yaml", "console".
	Language string
	Text     string
}

// Root is the repository's folder, found from the folder that tests run in.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "builder-config.yaml")); err == nil {
			return dir
		}
	}
	t.Fatal("no folder above has a builder-config.yaml")
	return ""
}

// Read returns one page.
func Read(t testing.TB, path string) Page {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Root(t), filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return Page{Path: path, Text: string(text)}
}

// All returns every page of the repository.
func All(t testing.TB) []Page {
	t.Helper()
	var pages []Page
	for _, path := range Files(t, ".md") {
		pages = append(pages, Read(t, path))
	}
	return pages
}

// Files lists the repository's files whose names end so, without what is built
// and what is hidden.
func Files(t testing.TB, endings ...string) []string {
	t.Helper()
	root := Root(t)
	var paths []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (name[0] == '.' || name == "build" || name == "testdata"):
			return filepath.SkipDir
		case slices.Contains(endings, filepath.Ext(name)):
			relative, err := filepath.Rel(root, path)
			paths = append(paths, filepath.ToSlash(relative))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

var fence = regexp.MustCompile("^( *)```(.*)$")

// Blocks lists the fenced blocks.
func (p Page) Blocks() []Block {
	_, blocks := p.split()
	return blocks
}

// Prose is the page with its fenced blocks left blank, line by line.
func (p Page) Prose() []string {
	prose, _ := p.split()
	return prose
}

func (p Page) split() (prose []string, blocks []Block) {
	var open *Block
	var indent string
	for i, line := range strings.Split(p.Text, "\n") {
		mark := fence.FindStringSubmatch(line)
		switch {
		case open == nil && mark == nil:
			prose = append(prose, line)
			continue
		case open == nil:
			indent = mark[1]
			open = &Block{Line: i + 2, Language: mark[2]}
		case mark != nil && mark[1] == indent:
			blocks = append(blocks, *open)
			open = nil
		default:
			open.Text += strings.TrimPrefix(line, indent) + "\n"
		}
		prose = append(prose, "")
	}
	return prose, blocks
}
