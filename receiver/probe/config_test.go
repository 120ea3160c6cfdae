// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"

	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
	"github.com/kafkalag/kafkalagreceiver/receiver/probe/internal/metadata"
)

func TestValidate(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"default":                 {func(*Config) {}, ""},
		"brokers":                 {func(c *Config) { c.Brokers = nil }, `"brokers" is empty: must name one broker at least, as host:port`},
		"collection_interval":     {func(c *Config) { c.CollectionInterval = 0 }, `"collection_interval" is 0s: must be at least 1s`},
		"probe_interval":          {func(c *Config) { c.ProbeInterval = time.Millisecond }, `"probe_interval" is 1ms: must be at least 100ms`},
		"probe_interval shortest": {func(c *Config) { c.ProbeInterval = 100 * time.Millisecond }, ""},
		"sla":                     {func(c *Config) { c.SLA = 0 }, `"sla" is 0s: must be at least 1ms`},
		"loss_timeout":            {func(c *Config) { c.LossTimeout = time.Millisecond }, `"loss_timeout" is 1ms: must be at least 1s`},
		"loss_timeout before sla": {func(c *Config) { c.SLA = time.Minute }, `"loss_timeout" is 10s: must be sla (1m0s) or more`},
		"loss_timeout as sla":     {func(c *Config) { c.SLA = c.LossTimeout }, ""},
		"too many on their way": {
			func(c *Config) { c.LossTimeout, c.ProbeInterval = time.Hour, 100*time.Millisecond },
			`"loss_timeout" is 1h0m0s: must be at most 10000 times probe_interval (100ms)`,
		},
		"no topic":            {func(c *Config) { c.Topic = "" }, `"topic" is "": must have 1 to 249 letters, digits, ".", "_" and "-"`},
		"a folder":            {func(c *Config) { c.Topic = ".." }, `"topic" is "..": must have 1 to 249 letters, digits, ".", "_" and "-"`},
		"a command":           {func(c *Config) { c.Topic = "a;b" }, `"topic" is "a;b": must have 1 to 249 letters, digits, ".", "_" and "-"`},
		"a long topic":        {func(c *Config) { c.Topic = strings.Repeat("a", 249) }, ""},
		"replication_factor":  {func(c *Config) { c.ReplicationFactor = 0 }, `"replication_factor" is 0: must be 1 or more`},
		"no group":            {func(c *Config) { c.CommitGroup = "" }, ""},
		"no group to commit":  {func(c *Config) { c.Commit, c.CommitGroup = true, "" }, `"commit_group" is "": must name a group with "commit"`},
		"several at once":     {func(c *Config) { c.Topic, c.ReplicationFactor = "a b", -1 }, `"topic" is "a b": must have 1 to 249 letters, digits, ".", "_" and "-"` + "\n" + `"replication_factor" is -1: must be 1 or more`},
		"the same group":      {func(c *Config) { c.Commit, c.Coordination.GroupID = true, c.CommitGroup }, `"commit_group" is "otelcol-kafkalag-probe": must be another group than coordination.group_id`},
		"no commits in it":    {func(c *Config) { c.Coordination.GroupID = c.CommitGroup }, ""},
		"a name":              {func(c *Config) { c.Coordination.InstanceID = "a b" }, `"coordination.instance_id" is "a b": must have 1 to 249 of the letters, digits, '.', '_' and '-', as Kafka takes them`},
		"a short session":     {func(c *Config) { c.Coordination.SessionTimeout = time.Millisecond }, `"coordination.session_timeout" is 1ms: must be at least 1s`},
		"too many replicas":   {func(c *Config) { c.ReplicationFactor = 1 << 20 }, `"replication_factor" is 1048576: must be 1 or more`},
		"a broker that is no": {func(c *Config) { c.Brokers = []string{"kafka"} }, `"brokers" has "kafka": must be host:port, with a port from 1 to 65535`},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := createDefaultConfig().(*Config)
			tt.change(cfg)
			if tt.want == "" {
				assert.NoError(t, cfg.Validate())
				return
			}
			assert.EqualError(t, cfg.Validate(), tt.want)
		})
	}
}

func TestUnmarshal(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	require.NoError(t, cfg.Unmarshal(confmap.NewFromStringMap(map[string]any{
		"brokers": "a:9092,b:9092", "sla": "1", "loss_timeout": "20s",
	})))
	assert.Equal(t, []string{"a:9092", "b:9092"}, cfg.Brokers)
	assert.Equal(t, 20*time.Second, cfg.LossTimeout)
	require.ErrorContains(t, cfg.Validate(), `"sla"`, "it has no unit")
	assert.Error(t, cfg.Unmarshal(confmap.NewFromStringMap(map[string]any{"brokrs": "a"})))
}

// shared are the keys that docs/configuration.md has.
var shared = map[string]bool{
	"brokers": true, "protocol_version": true, "client_id": true, "tls": true, "auth": true,
	"dial_timeout": true, "request_timeout": true, "metadata": true,
}

// The page has every key that kafkalag does not, with its type and default, and names the
// others. All of its own are in an example.
func TestKeysOnThePage(t *testing.T) {
	type documented struct{ kind, value string }
	page := docs.Read(t, "docs/probe.md")
	got := map[string]documented{}
	for _, row := range page.Rows() {
		if key, isKey := row.Cells["key"]; isKey {
			got[strings.Trim(key, "`")] = documented{row.Cells["type"], row.Cells["default"]}
		}
	}
	shown := map[string]bool{}
	for _, block := range page.Blocks() {
		if content, kind := block.YAML(); kind == docs.Collector {
			for key, value := range content["receivers"].(map[string]any)["kafkaprobe"].(map[string]any) {
				shown[key] = true
				if block, nested := value.(map[string]any); nested {
					for inner := range block {
						shown[key+"."+inner] = true
					}
				}
			}
		}
	}
	want := map[string]documented{}
	for key, value := range keys(reflect.ValueOf(*createDefaultConfig().(*Config))) {
		if shared[key] {
			assert.Contains(t, page.Text, "`"+key+"`")
			continue
		}
		want[key] = documented{kindOf(value), "`" + asYAML(value) + "`"}
		assert.True(t, shown[key], "%s in an example", key)
	}
	assert.Equal(t, want, got)
}

// keys returns the keys at the top of a configuration, and those of coordination.
func keys(cfg reflect.Value) map[string]reflect.Value {
	found := map[string]reflect.Value{}
	for field, value := range cfg.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		switch {
		case options == "squash":
			maps.Copy(found, keys(value))
		case name == "coordination":
			for key, of := range keys(value) {
				found[name+"."+key] = of
			}
		case name != "":
			found[name] = value
		}
	}
	return found
}

func kindOf(value reflect.Value) string {
	switch value.Interface().(type) {
	case time.Duration:
		return "duration"
	case metadata.MetricsConfig, metadata.ResourceAttributesConfig:
		return "map"
	}
	return map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "bool", reflect.Int: "number"}[value.Kind()]
}

func asYAML(value reflect.Value) string {
	switch {
	case value.Kind() == reflect.Struct:
		return "{}"
	case value.Kind() == reflect.String && value.Len() == 0:
		return `""`
	}
	return fmt.Sprint(value.Interface())
}

// The page has every metric.
func TestMetricsOnThePage(t *testing.T) {
	named := map[string]bool{}
	for _, row := range docs.Read(t, "docs/probe.md").Rows() {
		for _, name := range docs.InCode(row.Cells["metric"]) {
			named[name] = true
		}
	}
	info := reflect.ValueOf(metadata.MetricsInfo)
	assert.Len(t, named, info.NumField())
	for _, metric := range info.Fields() {
		assert.True(t, named[metric.FieldByName("Name").String()], metric)
	}
}
