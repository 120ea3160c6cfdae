// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// presets lists the configs that stand alone, by their names.
func presets(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(repository("config", "*.yaml"))
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".yaml"))
	}
	return names
}

// Helm reads no file outside of the chart, so scripts/generate.sh puts these in.
func TestHelmFilesAreTheRepositorys(t *testing.T) {
	sources := map[string]string{
		"kafkalag.rules.yaml": repository("observability", "prometheus", "kafkalag.rules.yaml"),
		"kafkalag.json":       repository("observability", "grafana", "kafkalag.json"),
	}
	for _, preset := range presets(t) {
		sources["config/"+preset+".yaml"] = repository("config", preset+".yaml")
	}
	folder := filepath.Join(chartFolder, "files")
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		require.NoError(t, err)
		name = filepath.ToSlash(name)
		if assert.Contains(t, sources, name) {
			assert.Equal(t, string(read(t, sources[name])), string(read(t, path)), "%s: run `make generate`", name)
		}
		delete(sources, name)
		return nil
	})
	require.NoError(t, err)
	assert.Empty(t, sources, "run `make generate`")
}

func TestHelmVersionIsTheDistributions(t *testing.T) {
	var distribution struct {
		Dist struct{ Version string }
	}
	require.NoError(t, yaml.Unmarshal(read(t, repository("builder-config.yaml")), &distribution))
	chart := loadChart(t).Metadata
	assert.Equal(t, distribution.Dist.Version, chart.Version)
	assert.Equal(t, distribution.Dist.Version, chart.AppVersion)
}

// Every preset is one that the schema takes, and the other way round.
func TestHelmSchemaListsThePresets(t *testing.T) {
	var schema struct {
		Properties struct {
			Config struct {
				Properties struct {
					Preset struct{ Enum []string }
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(loadChart(t).Schema, &schema))
	assert.ElementsMatch(t, presets(t), schema.Properties.Config.Properties.Preset.Enum)
}

// Each key of values.yaml is in the schema, as deep as the chart's own keys go.
func TestHelmSchemaKnowsEveryKey(t *testing.T) {
	chart := loadChart(t)
	var schema map[string]any
	require.NoError(t, json.Unmarshal(chart.Schema, &schema))
	assertKnown(t, "", chart.Values, schema)
}

func assertKnown(t *testing.T, at string, own, schema map[string]any) {
	t.Helper()
	properties, _ := schema["properties"].(map[string]any)
	if properties == nil || schema["additionalProperties"] != false {
		return // a part of Kubernetes' or the collector's
	}
	for key, value := range own {
		known, ok := properties[key].(map[string]any)
		assert.True(t, ok, "%s.%s", at, key)
		if deeper, ok := value.(map[string]any); ok {
			assertKnown(t, at+"."+key, deeper, known)
		}
	}
	for key := range properties {
		if key != "global" { // Helm's own
			assert.Contains(t, own, key, "%s has no default", at)
		}
	}
}

// The schema refuses what would be found out in the cluster only.
func TestHelmRefuses(t *testing.T) {
	kafka := func(key string, value any) values { return values{"kafka": values{key: value}} }
	overrides := func(given values) values { return values{"config": values{"overrides": given}} }
	for name, one := range map[string]struct {
		given values
		names string
	}{
		"a key that is not there":        {values{"brokers": []any{"kafka:9092"}}, "brokers"},
		"no broker":                      {kafka("brokers", []any{}), "/kafka/brokers"},
		"brokers in one string":          {kafka("brokers", "kafka:9092"), "/kafka/brokers"},
		"a broker without port":          {kafka("brokers", []any{"kafka"}), "/kafka/brokers/0"},
		"a broker with a password":       {kafka("brokers", []any{"me:hunter2@kafka:9092"}), "kafka.brokers"},
		"an interval without unit":       {kafka("interval", "30"), "/kafka/interval"},
		"an unknown mechanism":           {kafka("auth", values{"mechanism": "SCRAM"}), "/kafka/auth/mechanism"},
		"a mechanism alone":              {kafka("auth", values{"mechanism": "PLAIN"}), "/kafka/auth"},
		"a user without mechanism":       {kafka("auth", values{"username": "monitor"}), "/kafka/auth"},
		"a password and a Secret":        {kafka("auth", values{"mechanism": "PLAIN", "username": "a", "password": "hunter2", "existingSecret": "c"}), "/kafka/auth"},
		"certificates without TLS":       {kafka("tls", values{"ca": values{"secret": "ca"}}), "/kafka/tls/ca/secret"},
		"an unknown preset":              {values{"config": values{"preset": "prometheus"}}, "/config/preset"},
		"two collectors":                 {values{"replicas": 2}, "replicas: 2 collectors would report every series twice; coordination.groupID makes them one"},
		"less than none":                 {values{"replicas": -1}, "/replicas"},
		"the group among settings":       {values{"settings": values{"KAFKALAG_GROUP": "kafkalag"}}, "KAFKALAG_GROUP"},
		"memory in bytes":                {values{"resources": values{"limits": values{"memory": "1000000000"}}}, "/resources/limits/memory"},
		"a limit below the request":      {values{"resources": values{"limits": values{"memory": "256Mi"}}}, "resources.limits.memory (256Mi) is below resources.requests.memory (512Mi)"},
		"a limit below a large request":  {values{"resources": values{"requests": values{"memory": "2Gi"}}}, "resources.limits.memory (1Gi) is below resources.requests.memory (2Gi)"},
		"a request in bytes":             {values{"resources": values{"requests": values{"memory": "1000000000"}}}, "/resources/requests/memory"},
		"a password among settings":      {values{"settings": values{"KAFKA_PASSWORD": "hunter2"}}, "KAFKA_PASSWORD"},
		"a password among overrides":     {overrides(values{"receivers": values{"kafkalag": values{"auth": values{"sasl": values{"password": "hunter2"}}}}}), "config.overrides.receivers.kafkalag.auth.sasl.password"},
		"a client secret":                {overrides(values{"extensions": values{"oauth2client": values{"client_secret": "hunter2"}}}), "config.overrides.extensions.oauth2client.client_secret"},
		"a key":                          {overrides(values{"exporters": values{"otlp_grpc": values{"tls": values{"key_pem": "hunter2"}}}}), "config.overrides.exporters.otlp_grpc.tls.key_pem"},
		"a password in a list":           {overrides(values{"receivers": values{"other": values{"hosts": []any{values{"password": "hunter2"}}}}}), "config.overrides.receivers.other.hosts.0.password"},
		"a password as a default":        {overrides(values{"receivers": values{"other": values{"password": "${env:PASSWORD:-hunter2}"}}}), "config.overrides.receivers.other.password"},
		"a password that is a number":    {overrides(values{"receivers": values{"other": values{"password": 12345}}}), "config.overrides.receivers.other.password"},
		"a setting that is not a string": {values{"settings": values{"KAFKA_CLUSTER_NAME": 1}}, "/settings/KAFKA_CLUSTER_NAME"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := render(t, one.given)
			require.Error(t, err)
			assert.Contains(t, err.Error(), one.names)
			assert.NotContains(t, err.Error(), "hunter2", "a password")
		})
	}
}

// A reference to where a secret is may be among overrides, and so may none.
func TestHelmTakesReferencesToSecrets(t *testing.T) {
	for _, reference := range []string{"${env:KAFKA_CLIENT_SECRET}", "${KAFKA_CLIENT_SECRET}", "${file:/run/secrets/client_secret}", ""} {
		token := values{"client_secret": reference}
		given := values{"config": values{"overrides": values{"extensions": values{"oauth2client": token}}}}
		config := install(t, given).configMaps["lag-kafkalag-config"].Data["overrides.yaml"]
		assert.Contains(t, config, "client_secret: "+reference)
	}
}
