// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.yaml.in/yaml/v3"
)

// load reads a configuration in YAML.
func load(t *testing.T, keys string) *Config {
	t.Helper()
	var raw map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(keys), &raw))
	c := createDefaultConfig().(*Config)
	require.NoError(t, confmap.NewFromStringMap(raw).Unmarshal(c))
	return c
}

func loadExamples(t *testing.T) *confmap.Conf {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	return conf
}

// loadExample reads a named configuration, which must be valid.
func loadExample(t *testing.T, id string) *Config {
	t.Helper()
	sub, err := loadExamples(t).Sub(id)
	require.NoError(t, err)
	c := createDefaultConfig().(*Config)
	require.NoError(t, sub.Unmarshal(c))
	require.NoError(t, c.Validate())
	return c
}

func TestDefaults(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
	c := loadExample(t, "prometheus_page")
	assert.Equal(t, "/metrics", c.Path)
	assert.Equal(t, 5*time.Minute, c.MetricExpiration)
	assert.False(t, c.ExactExpiry)
	assert.False(t, c.QueueBatchConfig.HasValue())
	assert.Equal(t, "UnderscoreEscapingWithSuffixes", string(c.strategy()))
}

func TestKeysOfItsOwn(t *testing.T) {
	c := loadExample(t, "prometheus_page/all")
	assert.Equal(t, "/lag/metrics", c.Path)
	assert.True(t, c.ExactExpiry)
	assert.Equal(t, ResourceLabels{Included: []string{"*"}, Excluded: []string{"service.name"}}, c.resourceLabels())
}

// A key that no example has is one that no test decodes. The server's keys are
// confighttp's to test.
func TestEveryKeyHasAnExample(t *testing.T) {
	shown := map[string]bool{}
	for _, settings := range loadExamples(t).ToStringMap() {
		for key := range settings.(map[string]any) {
			shown[key] = true
		}
	}
	for field := range reflect.TypeFor[Config]().Fields() {
		if key := field.Tag.Get("mapstructure"); key != "" && key != ",squash" {
			assert.True(t, shown[key], "%s in testdata/config.yaml", key)
		}
	}
}

// Contrib's keys are taken as they are.
func TestKeysOfContrib(t *testing.T) {
	c := loadExample(t, "prometheus_page/contrib")
	assert.Equal(t, "1.2.3.4:1234", c.ServerConfig.NetAddr.Endpoint)
	assert.Equal(t, "/path/to/cert.pem", c.ServerConfig.TLS.Get().CertFile)
	assert.Equal(t, component.MustNewID("basicauth"), c.ServerConfig.Auth.Get().Config.AuthenticatorID)
	assert.True(t, c.QueueBatchConfig.HasValue())
	assert.Equal(t, "spaced value", c.ConstLabels["another label"])
	assert.Equal(t, 3*time.Hour, c.MetricExpiration)
	assert.True(t, c.SendTimestamps)
	assert.True(t, c.WithoutScopeInfo)
	assert.True(t, c.EnableOpenMetrics)
	assert.Equal(t, []string{"*"}, c.resourceLabels().Included)
	assert.Equal(t, []string{serviceName, serviceNamespace, serviceInstance}, c.resourceLabels().Excluded)
	assert.Equal(t, "UnderscoreEscapingWithoutSuffixes", string(c.strategy()))
}

// The environment leaves a map empty, or fills it.
func TestConstLabelsFromTheEnvironment(t *testing.T) {
	for given, want := range map[string]map[string]string{
		`""`:                {},
		"":                  {},
		"{cluster: orders}": {"cluster": "orders"},
	} {
		c := load(t, "{endpoint: localhost:9308, const_labels: "+given+"}")
		require.NoError(t, c.Validate())
		assert.Len(t, c.ConstLabels, len(want), given)
		assert.Subset(t, c.ConstLabels, want, given)
	}
}

func TestValidationErrors(t *testing.T) {
	for keys, want := range map[string]string{
		"{}":                         `"endpoint" is "": must be an address to listen on, such as localhost:9308`,
		"path: metrics":              `"path" is "metrics": must be a path such as /metrics`,
		"path: /metrics/":            `"path" is "/metrics/": must be`,
		"path: /a/../b":              `"path" is "/a/../b": must be`,
		"path: '/{x}'":               `"path" is "/{x}": must be`,
		"path: ''":                   `"path" is "": must be`,
		"path: /":                    `"path" is "/": must be none of / and /healthz`,
		"path: /healthz":             `"path" is "/healthz": must be none of`,
		"metric_expiration: 0s":      `"metric_expiration" is 0s: must be at least 1s`,
		"metric_expiration: 60":      `"metric_expiration" is 60: must have a unit, write 60s`,
		"translation_strategy: None": `"translation_strategy" is "None": must be one of UnderscoreEscapingWithSuffixes, Und`,
		"const_labels: {__a: b}":     `"const_labels" is "__a": must be a label's name`,
		"resource_constant_labels: {enabled: true}":                                                      `"resource_constant_labels" has "enabled" or`,
		"resource_to_telemetry_conversion: {enabled: true, included: [a]}":                               `"resource_to_telemetry_conversion" has both`,
		"{resource_to_telemetry_conversion: {enabled: true}, resource_constant_labels: {included: [a]}}": `"resource_to_telemetry_conversion" is set beside`,
	} {
		c := load(t, keys)
		if keys != "{}" {
			c.ServerConfig.NetAddr.Endpoint = "localhost:9308"
		}
		err := c.Validate()
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "\n", keys)
	}
	c := load(t, "{path: x, metric_expiration: -1s, write_timeout: 5}")
	assert.Len(t, strings.Split(c.Validate().Error(), "\n"), 4, "all errors at once")
}
