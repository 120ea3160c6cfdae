// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/kafkalag/kafkalagreceiver/internal/test/promtest"
)

// generated is what mdatagen writes: its examples have placeholders.
const generated = "documentation.md"

// chartReadme is the page whose values internal/test/deploy gives Helm.
const chartReadme = "deploy/helm/kafkalag/README.md"

// Nothing is on a page that no test looks at: each block is of a kind that one
// of these tests, or internal/test/e2e, takes in hand.
func TestEveryBlockIsOfATestedKind(t *testing.T) {
	for _, p := range All(t) {
		for _, b := range p.Blocks() {
			switch {
			case path.Base(p.Path) == generated, b.Language == "console":
				continue
			case b.Language == "ini":
				assertDirectives(t, b)
				continue
			}
			content, kind := b.YAML()
			switch kind {
			case Collector, Prometheus, OTLP, Rules: // validated by the programs themselves
			case Builder:
				assertBuilds(t, content)
			case Manifest:
				assert.True(t, partOfAFile(t, content), "%s:%d: no file of deploy/ has this", p.Path, b.Line)
			case Values:
				assert.Equal(t, chartReadme, p.Path, "internal/test/deploy renders the values of that page")
			default:
				t.Errorf("%s:%d: no test knows what to do with this %q", p.Path, b.Line, b.Language)
			}
		}
	}
}

// assertBuilds holds the builder's lines to those that internal/test/e2e builds a
// collector from, and to those of the distribution.
func assertBuilds(t *testing.T, content map[string]any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Root(t), "builder-config.yaml"))
	require.NoError(t, err)
	var distribution map[string]any
	require.NoError(t, yaml.Unmarshal(text, &distribution))
	const module = "github.com/kafkalag/kafkalagreceiver"
	for imported, kind := range map[string]string{module: "receivers", module + "/receiver/probe": "receivers", module + "/exporter/prometheuspage": "exporters"} {
		own := map[string]any{"gomod": module + " VERSION", "import": imported}
		distribution[kind] = append(distribution[kind].([]any), own)
	}
	assert.True(t, contains(distribution, content), "%v", content)
}

// assertDirectives checks that what is set for systemd is something that a unit
// of the repository sets or speaks of.
func assertDirectives(t *testing.T, b Block) {
	t.Helper()
	units := ""
	for _, name := range Files(t, ".service") {
		text, err := os.ReadFile(filepath.Join(Root(t), name))
		require.NoError(t, err)
		units += string(text)
	}
	for line := range strings.Lines(b.Text) {
		directive, _, set := strings.Cut(line, "=")
		if set {
			assert.Contains(t, units, directive+"=")
		} else {
			assert.Contains(t, units, line)
		}
	}
}

// partOfAFile reports whether a manifest of deploy/, where they are tested, has
// all of this.
func partOfAFile(t *testing.T, content any) bool {
	t.Helper()
	for _, name := range Files(t, ".yaml", ".yml") {
		text, err := os.Open(filepath.Join(Root(t), name))
		require.NoError(t, err)
		decoder := yaml.NewDecoder(text)
		var document any
		for decoder.Decode(&document) == nil {
			if contains(document, content) {
				require.NoError(t, text.Close())
				return true
			}
			document = nil
		}
		require.NoError(t, text.Close())
	}
	return false
}

// contains reports whether part says nothing that all does not say.
func contains(all, part any) bool {
	switch part := part.(type) {
	case map[string]any:
		all, ok := all.(map[string]any)
		for key, value := range part {
			ok = ok && contains(all[key], value)
		}
		return ok
	case []any:
		all, ok := all.([]any)
		for _, value := range part {
			ok = ok && containsElement(all, value)
		}
		return ok
	}
	return all == part
}

func containsElement(all []any, part any) bool {
	for _, value := range all {
		if contains(value, part) {
			return true
		}
	}
	return false
}

func TestContains(t *testing.T) {
	all := map[string]any{"a": 1, "b": []any{map[string]any{"c": 2, "d": 3}}}
	assert.True(t, contains(all, map[string]any{"b": []any{map[string]any{"d": 3}}}))
	assert.False(t, contains(all, map[string]any{"b": []any{map[string]any{"d": 4}}}))
	assert.False(t, contains(all, map[string]any{"e": 1}))
	assert.False(t, contains(all, []any{}))
}

// The examples for Prometheus, and the one of the Compose file, are what its own
// promtool takes.
func TestRulesExamplesAreValid(t *testing.T) {
	check := map[Kind][]string{Prometheus: {"check", "config", "--syntax-only"}, Rules: {"check", "rules"}}
	t.Run("deploy/compose", func(t *testing.T) {
		promtest.Promtool(t, append(check[Prometheus], filepath.Join(Root(t), "deploy", "compose", "prometheus.yml"))...)
	})
	for _, p := range All(t) {
		for _, b := range p.Blocks() {
			if _, kind := b.YAML(); check[kind] != nil {
				t.Run(fmt.Sprintf("%s:%d", p.Path, b.Line), func(t *testing.T) {
					file := filepath.Join(t.TempDir(), "example.yaml")
					require.NoError(t, os.WriteFile(file, []byte(b.Text), 0o600))
					promtest.Promtool(t, append(check[kind], file)...)
				})
			}
		}
	}
}
