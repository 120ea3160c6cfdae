// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package pagediff

import (
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rounds is how many messages each configuration is tried with.
const rounds = 10

// What contrib's exporter shows of metrics made at random, ours shows too, and
// nothing else, whichever way names are translated and the page is written.
func TestSamePage(t *testing.T) {
	resources := map[string]map[string]any{
		"":                       {},
		"all resource labels":    {"resource_constant_labels": map[string]any{"included": []string{"*"}}},
		"some resource labels":   {"resource_constant_labels": map[string]any{"included": []string{"*.*", "?"}, "excluded": []string{"service.n*"}}},
		"deprecated":             {"resource_to_telemetry_conversion": map[string]any{"enabled": true, "exclude_service_attributes": true}},
		"namespace and constant": {"namespace": "my space", "const_labels": map[string]any{"const": "ü\"", "zone": "z"}},
		"timestamps":             {"send_timestamps": true, "without_scope_info": true},
		"no suffixes":            {"add_metric_suffixes": false},
	}
	strategies := []string{
		"", "UnderscoreEscapingWithSuffixes", "UnderscoreEscapingWithoutSuffixes", "NoUTF8EscapingWithSuffixes", "NoTranslation",
	}
	for _, strategy := range strategies {
		for name, more := range resources {
			t.Run(strategy+"/"+name, func(t *testing.T) {
				t.Parallel()
				keys := map[string]any{"enable_open_metrics": true, "translation_strategy": strategy}
				maps.Copy(keys, more)
				for seed := range uint64(rounds) {
					compare(t, keys, maker{rand.New(rand.NewPCG(seed, 1))})
				}
			})
		}
	}
}

// compare sends a message to both and compares their pages in every form.
func compare(t *testing.T, keys map[string]any, m maker) {
	t.Helper()
	ours, theirs := both(t, keys)
	md := m.metrics()
	ours.send(t, md)
	theirs.send(t, md)
	for _, escaping := range []string{"underscores", "dots", "values", "allow-utf-8"} {
		text := "text/plain;version=0.0.4;escaping=" + escaping
		quoted := text
		if escaping == "allow-utf-8" { // what ours quotes is of version 1.0.0
			quoted = "text/plain;version=1.0.0;escaping=" + escaping
		}
		assertSame(t, theirs.read(t, text), ours.read(t, quoted), quoted)
		open := "application/openmetrics-text;version=1.0.0;escaping=" + escaping
		want, got := theirs.read(t, open), ours.read(t, open)
		got.Units = want.Units // contrib writes none
		assertSame(t, want, got, open)
	}
}

func assertSame(t *testing.T, want, got content, as string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		require.Fail(t, "contrib's page (-) and ours (+) differ", "%s\n%s", as, diff)
	}
}
