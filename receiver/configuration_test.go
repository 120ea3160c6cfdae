// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
)

// documented is what docs/configuration.md says of a key.
type documented struct{ kind, value string }

// typeNames are the page's words.
var typeNames = map[reflect.Type]string{
	reflect.TypeFor[time.Duration](): "duration", reflect.TypeFor[string](): "string",
	reflect.TypeFor[configopaque.String](): "secret", reflect.TypeFor[bool](): "bool", reflect.TypeFor[int](): "number",
	reflect.TypeFor[[]string](): "list", reflect.TypeFor[component.ID](): "extension",
	reflect.TypeFor[map[string]string]():                 "map",
	reflect.TypeFor[map[string][]configopaque.String]():  "map",
	reflect.TypeFor[metadata.MetricsConfig]():            "map",
	reflect.TypeFor[metadata.ResourceAttributesConfig](): "map",
	reflect.TypeOf(kafkaconfig.Config{}.TLS).Elem():      "TLS",
}

// implied has the defaults of keys that say nothing where they are left out.
var implied = map[string]string{"auth.sasl.handshake": "`true`"}

// keysOf lists the keys of a configuration, with their types and what they are
// set to.
func keysOf(prefix string, cfg reflect.Value) map[string]documented {
	keys := map[string]documented{}
	for field, value := range cfg.Fields() {
		tag, isKey := field.Tag.Lookup("mapstructure")
		if !isKey {
			continue
		}
		name, squash, _ := strings.Cut(tag, ",")
		key, set := prefix+name, true
		if value.Kind() == reflect.Pointer {
			set = !value.IsNil()
			if !set {
				value = reflect.New(value.Type().Elem())
			}
			value = value.Elem()
		}
		kind := typeNames[value.Type()]
		switch {
		case squash != "":
			key = prefix
		case kind != "":
			keys[key] = documented{kind, "none"}
			if text, isImplied := implied[key]; isImplied {
				keys[key] = documented{kind, text}
			} else if set && kind != "extension" {
				keys[key] = documented{kind, "`" + asYAML(value) + "`"}
			}
			continue
		default:
			key += "."
		}
		maps.Copy(keys, keysOf(key, value))
	}
	return keys
}

func asYAML(value reflect.Value) string {
	switch v := value.Interface().(type) {
	case time.Duration:
		return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(v.String())
	case []string:
		return "[" + strings.Join(v, ", ") + "]"
	}
	switch value.Kind() {
	case reflect.Map, reflect.Struct:
		return "{}"
	case reflect.String: // not a secret's own word for itself
		if value.String() == "" {
			return `""`
		}
		return value.String()
	}
	return fmt.Sprint(value.Interface())
}

// The page has every key, with its type and default, and no other.
func TestConfigurationPage(t *testing.T) {
	want := keysOf("", reflect.ValueOf(*newConfig()))
	require.Greater(t, len(want), 50)
	page := docs.Read(t, "docs/configuration.md")
	got := map[string]documented{}
	for _, row := range page.Rows() {
		key := strings.Trim(row.Cells["key"], "`")
		assert.NotContains(t, got, key, "twice")
		got[key] = documented{row.Cells["type"], row.Cells["default"]}
		assert.NotEmpty(t, row.Cells["meaning"], key)
	}
	assert.Equal(t, want, got)

	// Each is in an example, which internal/test/e2e has the collector validate.
	shown := map[string]bool{}
	for _, block := range page.Blocks() {
		content, _ := block.YAML()
		receivers, _ := content["receivers"].(map[string]any)
		for _, settings := range receivers {
			collectPaths(shown, "", settings)
		}
	}
	for _, row := range page.Rows() {
		key := strings.Trim(row.Cells["key"], "`")
		assert.Equal(t, row.Section != "Older names", shown[key], "%s in an example", key)
	}
}

func collectPaths(into map[string]bool, prefix string, content any) {
	settings, _ := content.(map[string]any)
	for key, value := range settings {
		into[prefix+key] = true
		collectPaths(into, prefix+key+".", value)
	}
}

// The README's short list says the same as the page.
func TestConfigurationInTheREADME(t *testing.T) {
	all := keysOf("", reflect.ValueOf(*newConfig()))
	seen := 0
	for _, row := range docs.Read(t, "README.md").Rows() {
		if row.Section != "Configuration" {
			continue
		}
		keys, values := docs.InCode(row.Cells["key"]), docs.InCode(row.Cells["default"])
		for i, key := range keys {
			require.Contains(t, all, key)
			seen++
			value := "none"
			if len(values) > 0 {
				require.Len(t, values, len(keys), key)
				value = "`" + values[i] + "`"
			}
			assert.Equal(t, all[key].value, value, key)
		}
	}
	assert.Greater(t, seen, 5)
}
