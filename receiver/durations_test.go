// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

// durationKeys lists the keys of a configuration that take a duration.
func durationKeys(prefix string, of reflect.Type) []string {
	var keys []string
	for field := range of.Fields() {
		tag, isKey := field.Tag.Lookup("mapstructure")
		name, squash, _ := strings.Cut(tag, ",")
		kind, below := field.Type, prefix+name+"."
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if squash != "" {
			below = prefix
		}
		switch {
		case !isKey:
		case kind == reflect.TypeFor[time.Duration]():
			keys = append(keys, prefix+name)
		case kind.Kind() == reflect.Struct:
			keys = append(keys, durationKeys(below, kind)...)
		}
	}
	return keys
}

// errorsWith lists what is said of a configuration with one key.
func errorsWith(t *testing.T, key string, value any) []string {
	t.Helper()
	names := strings.Split(key, ".")
	for _, name := range slices.Backward(names) {
		value = map[string]any{name: value}
	}
	cfg := newConfig()
	require.NoError(t, confmap.NewFromStringMap(value.(map[string]any)).Unmarshal(cfg))
	if err := confmap.Validate(cfg); err != nil {
		return strings.Split(err.Error(), "\n")
	}
	return nil
}

// No key takes 30 for 30 nanoseconds, and none takes a time so short that it
// can only be a mistake.
func TestEveryDurationNeedsAUnit(t *testing.T) {
	keys := durationKeys("", reflect.TypeFor[Config]())
	require.Subset(t, keys, []string{
		"collection_interval", "initial_delay", "timeout", "dial_timeout", "request_timeout", "metadata.refresh_interval",
		"time_lag.history", "zookeeper.session_timeout", "tls.reload_interval", "auth.sasl.oauthbearer.tls.reload_interval",
	})
	for _, key := range keys {
		t.Run(key, func(t *testing.T) {
			assert.Contains(t, errorsWith(t, key, 30), fmt.Sprintf("%q is 30: must have a unit, write 30s", key))
			assert.Contains(t, errorsWith(t, key, "30"), fmt.Sprintf(`%q is "30": must have a unit, write 30s`, key))
			refused := []string{"-1s"}
			if key != "initial_delay" { // any at all is one
				refused = append(refused, "1ns")
			}
			for _, shown := range refused {
				assert.Len(t, slices.DeleteFunc(errorsWith(t, key, shown), func(line string) bool {
					return !strings.HasPrefix(line, fmt.Sprintf("%q is %s: must be ", key, shown))
				}), 1, shown)
			}
		})
	}
}

// Durations without a unit are reported beside all other errors, and a default
// that stands in for one is held against nothing.
func TestDurationsAreReportedWithOtherErrors(t *testing.T) {
	cfg := newConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{
		"timeout": 120, "request_timeout": "20s", "time_lag": map[string]any{"history": 3600}, "status_window": 1,
	}).Unmarshal(cfg))
	require.EqualError(t, confmap.Validate(cfg), strings.Join([]string{
		`"timeout" is 120: must have a unit, write 120s`,
		`"time_lag.history" is 3600: must have a unit, write 3600s`,
		`"status_window" is 1: must be 2 or more, two scrapes being the least that show a trend`,
	}, "\n"))
}

// A count with a fraction was cut, one that is too large became a negative one.
func TestEveryCountIsAWholeNumber(t *testing.T) {
	for _, key := range []string{"status_window", "max_groups", "max_group_partitions", "time_lag.search_budget", "auth.sasl.version"} {
		assert.Contains(t, errorsWith(t, key, 1.5), fmt.Sprintf("%q is 1.5: must be a whole number", key))
		assert.Contains(t, errorsWith(t, key, uint64(1<<63)), fmt.Sprintf("%q is 9223372036854775808: must be a smaller number", key))
	}
}
