// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kafkalag/kafkalagreceiver"
	"github.com/kafkalag/kafkalagreceiver/exporter/prometheuspage"
	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v3"
)

// enumerated are the keys that take no values but those that their row has in code.
// TestValuesAreThoseThatTheCollectorTakes holds the rows against the code.
var enumerated = map[string]bool{
	"auth.sasl.mechanism": true, "group_states": true, "group_types": true, "isolation_level": true,
	"translation_strategy": true,
}

// receiverKeys are the rows of docs/configuration.md, which a test there holds
// against the code, and what metadata.yaml says of each metric.
func receiverKeys(t *testing.T) map[string]Key {
	t.Helper()
	keys := keysOf(docs.Read(t, "docs/configuration.md").Rows())
	maps.Copy(keys, metadataKeys(t, "."))
	return keys
}

// probeKeys are those of kafkaprobe: the keys of a cluster are on the page of kafkalag's.
func probeKeys(t *testing.T) map[string]Key {
	t.Helper()
	keys := receiverKeys(t)
	maps.Copy(keys, keysOf(docs.Read(t, "docs/probe.md").Rows()))
	maps.Copy(keys, metadataKeys(t, "receiver/probe"))
	return keys
}

func exporterKeys(t *testing.T) map[string]Key {
	t.Helper()
	return keysOf(docs.Read(t, "exporter/prometheuspage/README.md").Rows())
}

func keysOf(rows []docs.Row) map[string]Key {
	keys := map[string]Key{}
	for _, row := range rows {
		path, isKey := row.Cells["key"]
		if !isKey {
			continue
		}
		path = strings.Trim(path, "`")
		meaning := row.Cells["meaning"]
		key := Key{Description: asText(meaning), Deprecated: row.Section == "Older names"}
		if enumerated[path] {
			key.Values = values(row)
		}
		keys[path] = key
	}
	return keys
}

// values are what a row has in code as the default and in its meaning. The default
// of a list is empty, and none of the values in one.
func values(row docs.Row) []string {
	var values []string
	for _, value := range docs.InCode(row.Cells["meaning"] + " " + row.Cells["default"]) {
		if value != "[]" {
			values = append(values, strings.Trim(value, `"`))
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

var markup = regexp.MustCompile("`([^`]*)`|\\[([^\\]]*)\\]\\([^)]*\\)")

// asText is a cell without backticks and without what leads elsewhere on its page.
func asText(cell string) string {
	return strings.TrimSuffix(markup.ReplaceAllString(cell, "$1$2"), "; see below")
}

// metadataKeys are what the metadata.yaml in a folder says of each metric.
func metadataKeys(t *testing.T, folder string) map[string]Key {
	t.Helper()
	type described map[string]struct{ Description string }
	var metadata struct {
		Metrics            described
		ResourceAttributes described `yaml:"resource_attributes"`
	}
	text, err := os.ReadFile(filepath.Join(docs.Root(t), folder, "metadata.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &metadata))
	keys := map[string]Key{}
	for section, all := range map[string]described{"metrics.": metadata.Metrics, "resource_attributes.": metadata.ResourceAttributes} {
		require.NotEmpty(t, all)
		for name, key := range all {
			keys[section+name] = Key{Description: key.Description}
		}
	}
	return keys
}

// Pages name every value that a key takes, and no other.
func TestValuesAreThoseThatTheCollectorTakes(t *testing.T) {
	keys := receiverKeys(t)
	maps.Copy(keys, exporterKeys(t))
	for path := range enumerated {
		require.NotEmpty(t, keys[path].Values, path)
		for _, value := range keys[path].Values {
			assert.NotContains(t, complaint(t, path, value), `"`+path+`"`)
			assert.Contains(t, complaint(t, path, value+"?"), `"`+path+`"`)
		}
	}
}

// complaint is what the collector says of a key with this value, "" if it takes it.
func complaint(t *testing.T, path, value string) string {
	t.Helper()
	config := kafkalagreceiver.NewFactory().CreateDefaultConfig()
	if path == "translation_strategy" {
		config = prometheuspage.NewFactory().CreateDefaultConfig()
	}
	given := confmap.NewFromStringMap(map[string]any{strings.ReplaceAll(path, ".", confmap.KeyDelimiter): value})
	require.NoError(t, given.Unmarshal(config), path)
	if err := confmap.Validate(config); err != nil {
		return err.Error()
	}
	return ""
}
