// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

const page = "# A page: `x`, and more\n" +
	"See [one](one.md#two) or `[none](none.md)`, and ![a picture](p.png).\n" +
	"```yaml\n# not a heading\nreceivers:\n  kafkalag:\n```\n" +
	"## Twice\n## Twice\n## [A link](x.md)\n" +
	"<a id=\"mine\"></a>\n" +
	"| a | b |\n|---|:-:|\n| `x\\|y` | 2 |\n" +
	"- in a list:\n  ```console\n  $ A=1 make 'x y' Z=\"2\" # why | not\n  output | here\n  $ curl a | grep \\\n      b && ls\n  ```\n" +
	"[last]: https://example.com/\n"

func TestPage(t *testing.T) {
	p := Page{Text: page}
	assert.Equal(t, []string{"one.md#two", "p.png", "x.md", "https://example.com/"}, p.Links())
	assert.Equal(t, []string{"a-link", "a-page-x-and-more", "mine", "twice", "twice-1"}, slices.Sorted(maps.Keys(p.Anchors())))
	assert.Equal(t, []Row{{Section: "[A link](x.md)", Cells: map[string]string{"a": "`x|y`", "b": "2"}}}, p.Rows())
	assert.Equal(t, []string{"x", "[none](none.md)", `x\|y`}, p.Code())

	blocks := p.Blocks()
	assert.Len(t, blocks, 2)
	assert.Equal(t, Block{Line: 4, Language: "yaml", Text: "# not a heading\nreceivers:\n  kafkalag:\n"}, blocks[0])
	assert.Equal(t, []Command{
		{Line: `A=1 make 'x y' Z="2"`, Env: []string{"A=1"}, Args: []string{"make", "x y", "Z=2"}},
		{Line: "curl a | grep     b && ls", Args: []string{"curl", "a"}},
		{Line: "curl a | grep     b && ls", Args: []string{"grep", "b"}},
		{Line: "curl a | grep     b && ls", Args: []string{"ls"}},
	}, blocks[1].Commands())
}

func TestKinds(t *testing.T) {
	for text, want := range map[string]Kind{
		"receivers: {kafkalag: {}}":            Collector,
		"service: {extensions: [x]}":           Collector,
		"receivers: [{gomod: x}]":              Builder,
		"scrape_configs: [{job_name: x}]":      Prometheus,
		"otlp: {}":                             OTLP,
		"groups: [{name: x}]":                  Rules,
		"apiVersion: v1\nkind: Secret":         Manifest,
		"receiver: {kafkalag: {}}":             Unknown,
		"receivers: {":                         Unknown,
		"- receivers":                          Unknown,
		"receivers: {a: 1}\nreceivers: {b: 2}": Unknown,
	} {
		_, kind := Block{Language: "yaml", Text: text}.YAML()
		assert.Equal(t, want, kind, text)
	}
	content, kind := Block{Language: "diff", Text: " receivers:\n-  old:\n+  new:\n     brokers: [a]\n"}.YAML()
	assert.Equal(t, Collector, kind)
	assert.Equal(t, map[string]any{"receivers": map[string]any{"new": map[string]any{"brokers": []any{"a"}}}}, content)
	_, kind = Block{Language: "json", Text: `{"receivers": {}}`}.YAML()
	assert.Equal(t, Unknown, kind)
}
