// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/kafkalag/kafkalagreceiver"

// What each folder imports of the others is what the table of folders says: no
// more, and no less.
func TestImportsAreListed(t *testing.T) {
	rows := map[string]Row{}
	for _, row := range Read(t, "docs/architecture.md").Rows() {
		if _, of := row.Cells["imports"]; of {
			for _, place := range InCode(row.Cells["place"]) {
				rows[strings.TrimSuffix(place, "/")] = row
			}
		}
	}
	code, tests := map[string][]string{}, map[string][]string{}
	for _, file := range Files(t, ".go") {
		found := code
		if strings.HasSuffix(file, "_test.go") {
			found = tests
		}
		from := placeOf(rows, path.Dir(file))
		for _, imported := range importsOf(t, file) {
			if to := placeOf(rows, imported); to != from {
				found[from] = append(found[from], to)
			}
		}
	}
	require.NotEmpty(t, code)
	for place, row := range rows {
		alone := slices.DeleteFunc(slices.Clone(tests[place]), func(to string) bool { return slices.Contains(code[place], to) })
		assert.Equal(t, asCell(code[place]), row.Cells["imports"], place)
		assert.Equal(t, asCell(alone), row.Cells["its tests also"], "tests of %s", place)
	}
}

// importsOf lists the folders of this module that a file imports.
func importsOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(Root(t), file), nil, parser.ImportsOnly)
	require.NoError(t, err)
	var folders []string
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		if folder, ours := strings.CutPrefix(name+"/", module+"/"); ours {
			folders = append(folders, path.Clean(folder))
		}
	}
	return folders
}

// placeOf is the place of the table that a folder belongs to: its own, or the
// nearest above. The module's root is where doc.go is.
func placeOf(rows map[string]Row, folder string) string {
	for ; folder != "."; folder = path.Dir(folder) {
		if _, listed := rows[folder]; listed {
			return folder
		}
	}
	return "doc.go"
}

// asCell writes places as the table does.
func asCell(places []string) string {
	if len(places) == 0 {
		return "–"
	}
	places = slices.Compact(slices.Sorted(slices.Values(places)))
	return "`" + strings.Join(places, "`, `") + "`"
}
