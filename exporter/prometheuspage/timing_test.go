// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

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

// durationKeys lists the keys of a configuration that take a duration. What has
// no key of its own is squashed, or held by an Optional.
func durationKeys(prefix string, of reflect.Type) []string {
	var keys []string
	for field := range of.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		below := prefix
		if name != "" {
			below += name + "."
		}
		switch {
		case field.Type == reflect.TypeFor[time.Duration]():
			keys = append(keys, prefix+name)
		case field.Type.Kind() == reflect.Struct:
			keys = append(keys, durationKeys(below, field.Type)...)
		}
	}
	return keys
}

// errorsWith lists what is said of a configuration with one key.
func errorsWith(t *testing.T, key string, value any) []string {
	t.Helper()
	for _, name := range slices.Backward(strings.Split(key, ".")) {
		value = map[string]any{name: value}
	}
	c := createDefaultConfig().(*Config)
	require.NoError(t, confmap.NewFromStringMap(value.(map[string]any)).Unmarshal(c))
	c.ServerConfig.NetAddr.Endpoint = "localhost:9308"
	if err := c.Validate(); err != nil {
		return strings.Split(err.Error(), "\n")
	}
	return nil
}

// No key takes 30 for 30 nanoseconds, and none takes a time so short that it
// can only be a mistake.
func TestEveryDurationNeedsAUnit(t *testing.T) {
	keys := durationKeys("", reflect.TypeFor[Config]())
	require.Subset(t, keys, []string{
		"metric_expiration", "read_timeout", "write_timeout", "keepalive.idle_timeout", "tls.reload_interval",
		"sending_queue.batch.flush_timeout", "sending_queue.batch.partition.idle_timeout",
	})
	for _, key := range keys {
		t.Run(key, func(t *testing.T) {
			assert.Equal(t, []string{fmt.Sprintf("%q is 30: must have a unit, write 30s", key)}, errorsWith(t, key, 30))
			for _, short := range []string{"1ns", "-1s"} {
				errs := errorsWith(t, key, short)
				require.Len(t, errs, 1, short)
				assert.Contains(t, errs[0], fmt.Sprintf("%q is %s: must be ", key, short))
			}
			assert.Empty(t, errorsWith(t, key, "30s"))
		})
	}
}

// Where 0 means that there is no limit, it is taken.
func TestNoLimit(t *testing.T) {
	for _, key := range []string{"read_timeout", "read_header_timeout", "write_timeout", "keepalive.idle_timeout", "tls.reload_interval"} {
		assert.Empty(t, errorsWith(t, key, 0), key)
	}
}
