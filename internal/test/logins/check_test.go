// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/kafkalag/kafkalagreceiver/internal/check"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
)

// requireCheck holds that kafkalag-check comes to the same, and gives no secret away.
func requireCheck(t *testing.T, cfg kafkaconfig.Config, cause string) {
	t.Helper()
	keys := asMap(reflect.ValueOf(cfg))
	keys["timeout"] = "1m" // request_timeout is at most a quarter of it
	text, err := yaml.Marshal(map[string]any{"receivers": map[string]any{"kafkalag": keys}})
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(name, text, 0o600))
	var out bytes.Buffer
	code := check.Run(t.Context(), []string{name}, &out, &out)
	keepsSecrets(t, out.String())
	assert.Equal(t, check.Missing, code, out.String()) // there are no topics
	out.Reset()
	check.Run(t.Context(), []string{name, "-o", "json"}, &out, &out)
	keepsSecrets(t, out.String())
	var report check.Report
	require.NoError(t, json.Unmarshal(out.Bytes(), &report))
	require.Len(t, report.Receivers, 1, out.String())
	found := report.Receivers[0]
	if cause == "" {
		assert.Empty(t, found.Failures)
		require.Len(t, found.Brokers, 1)
		assert.True(t, found.Brokers[0].Answered)
		assert.Equal(t, "4.4", found.Brokers[0].Version)
		return
	}
	require.Len(t, found.Failures, 1)
	assert.Equal(t, cause, found.Failures[0].LikelyCause)
	assert.Contains(t, strings.Join(found.Problems, ""), cause)
}

// asMap writes what is set of a configuration by its keys, secrets too.
func asMap(v reflect.Value) map[string]any {
	written := map[string]any{}
	for field, value := range v.Fields() {
		name, option, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		for value.Kind() == reflect.Pointer && !value.IsNil() {
			value = value.Elem()
		}
		switch {
		case value.IsZero():
		case option == "squash":
			maps.Copy(written, asMap(value))
		case value.Kind() == reflect.Struct:
			written[name] = asMap(value)
		default:
			written[name] = plain(value)
		}
	}
	return written
}

// plain takes secrets and durations apart from their types.
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Slice:
		all := make([]any, v.Len())
		for i := range all {
			all[i] = plain(v.Index(i))
		}
		return all
	case reflect.Map:
		all := map[string]any{}
		for each := v.MapRange(); each.Next(); {
			all[each.Key().String()] = plain(each.Value())
		}
		return all
	}
	return v.Interface()
}
