// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/kafkalag/kafkalagreceiver"
	"github.com/kafkalag/kafkalagreceiver/exporter/prometheuspage"
	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
	"github.com/kafkalag/kafkalagreceiver/receiver/probe"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.yaml.in/yaml/v3"
)

// shipped is the schema as editors read it.
func shipped(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(docs.Root(t), "config", "kafkalag.schema.json"))
	require.NoError(t, err)
	var schema jsonschema.Schema
	require.NoError(t, json.Unmarshal(text, &schema))
	resolved, err := schema.Resolve(nil)
	require.NoError(t, err)
	return resolved
}

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var content map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &content))
	return content
}

// validate returns what the schema has against a configuration.
func validate(t *testing.T, schema *jsonschema.Resolved, config map[string]any) error {
	t.Helper()
	text, err := json.Marshal(config) // so that it has JSON's types alone
	require.NoError(t, err)
	var instance any
	require.NoError(t, json.Unmarshal(text, &instance))
	return schema.Validate(instance)
}

var withoutDefault = regexp.MustCompile(`\$\{env:(\w+)\}`)

// Every shipped config is one, as it stands in an editor and as the collector
// reads it.
func TestShippedConfigs(t *testing.T) {
	schema, seen := shipped(t), 0
	for _, file := range docs.Files(t, ".yaml") {
		if !strings.HasPrefix(file, "config/") {
			continue
		}
		seen++
		t.Run(file, func(t *testing.T) {
			path := filepath.Join(docs.Root(t), filepath.FromSlash(file))
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, validate(t, schema, decode(t, string(text))))
			for _, name := range withoutDefault.FindAllStringSubmatch(string(text), -1) {
				t.Setenv(name[1], "given")
			}
			require.NoError(t, validate(t, schema, expanded(t, path)))
		})
	}
	assert.Greater(t, seen, 5)
}

// expanded is a configuration with the defaults of its variables.
func expanded(t *testing.T, path string) map[string]any {
	t.Helper()
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs:              []string{"file:" + path},
		ProviderFactories: []confmap.ProviderFactory{fileprovider.NewFactory(), envprovider.NewFactory()},
	})
	require.NoError(t, err)
	conf, err := resolver.Resolve(t.Context())
	require.NoError(t, err)
	const labels = "exporters::prometheus_page::const_labels"
	if conf.Get(labels) == "" { // what only a variable leaves of a map
		conf.Delete(labels)
	}
	return conf.ToStringMap()
}

// So is every example of a page.
func TestDocumentedConfigs(t *testing.T) {
	schema, seen := shipped(t), 0
	for _, page := range docs.All(t) {
		for _, block := range page.Blocks() {
			if content, kind := block.YAML(); kind == docs.Collector {
				seen++
				assert.NoError(t, validate(t, schema, content), "%s:%d", page.Path, block.Line)
			}
		}
	}
	assert.Greater(t, seen, 20)
}

// The examples of the receiver's own tests have every key that there is.
func TestExamplesOfEveryKey(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(docs.Root(t), "testdata", "config.yaml"))
	require.NoError(t, err)
	schema, examples := shipped(t), decode(t, string(text))
	unknown := map[string]any{"kafkalag/unknown": examples["kafkalag/unknown"]}
	require.Error(t, validate(t, schema, map[string]any{"receivers": unknown}))
	delete(examples, "kafkalag/unknown")
	require.NoError(t, validate(t, schema, map[string]any{"receivers": examples}))
}

// verdicts has configurations of one component each, and whether they are refused.
var verdicts = map[string]map[string]bool{
	"receivers: {kafkalag: {%s}}": {
		"brokers: 'a:9092,b:9092'":                               false,
		"collection_interval: 1m30s":                             false,
		"collection_interval: .5h":                               false,
		"time_lag: {history: 0}":                                 false,
		"tls: {insecure: true}":                                  false,
		"tls: null":                                              false,
		"metrics: {kafka.partition.leader: {enabled: false}}":    false,
		"resource_attributes: {kafka.cluster.id: {enabled: no}}": true, // a string in YAML 1.2
		"auth: {sasl: {mechanism: ''}}":                          false,
		"topics: [orders]":                                       true,
		"time_lag: {histery: 1h}":                                true,
		"tls: {ca_fle: a}":                                       true,
		"auth: {sasl: {oauthbearer: {tls: {ca_fle: a}}}}":        true,
		"metrics: {kafka.partition.leaders: {enabled: true}}":    true,
		"metrics: {kafka.partition.leader: true}":                true,
		"collection_interval: 30":                                true,
		"collection_interval: '30'":                              true,
		"collection_interval: 1d":                                true,
		"collection_interval: -1s":                               true,
		"brokers: [9092]":                                        true,
		"client_id: 5":                                           true,
		"max_groups: many":                                       true,
		"max_groups: 1.5":                                        true,
		"only_assigned_partitions: 'true'":                       true,
		"auth: {sasl: {mechanism: NTLM}}":                        true,
		"auth: {sasl: {mechanism: PLAIN, password: 123}}":        true,
		"group_states: [Sleeping]":                               true,
		"isolation_level: serializable":                          true,
	},
	"receivers: {kafkaprobe: {%s}}": {
		"brokers: 'a:9092,b:9092'": false,
		"probe_interval: 500ms":    false,
		"commit: true":             false,
		"metrics: {kafka.probe.in_flight: {enabled: false}}": false,
		"sla: 1":                   true,
		"replication_factor: many": true,
		"topic_match: a":           true,
		"metrics: {kafka.partition.leader: {enabled: false}}": true,
	},
	"exporters: {prometheus_page: {endpoint: 'localhost:9308', %s}}": {
		"const_labels: {a: b}":                                     false,
		"response_headers: {a: b}":                                 false,
		"response_headers: [{name: a, value: b}]":                  false,
		"sending_queue: {enabled: false}":                          false,
		"sending_queue: {sizer: bytes, batch: {min_size: 5}}":      false,
		"translation_strategy: UnderscoreEscapingWithSuffixes":     false,
		"translation_strategy: None":                               true,
		"metric_expiration: 5":                                     true,
		"keepalive: {idle_timeout: 5}":                             true,
		"resource_constant_labels: {include: ['*']}":               true,
		"const_labels: [a]":                                        true,
		"tls: {cert_file: a, key_file: b, client_ca_files: c.pem}": true,
	},
}

// What the schema refuses the collector refuses, and the other way round.
func TestSchemaAgreesWithTheCollector(t *testing.T) {
	schema := shipped(t)
	for form, cases := range verdicts {
		for keys, refused := range cases {
			t.Run(keys, func(t *testing.T) {
				config := decode(t, fmt.Sprintf(form, keys))
				assert.Equal(t, refused, validate(t, schema, config) != nil, "by the schema")
				assert.Equal(t, refused, load(t, config) != nil, "by the collector")
			})
		}
	}
}

// load decodes and validates the only component as the collector does.
func load(t *testing.T, config map[string]any) error {
	t.Helper()
	for _, factory := range []component.Factory{kafkalagreceiver.NewFactory(), probe.NewFactory(), prometheuspage.NewFactory()} {
		for section := range maps.Values(config) {
			keys, found := section.(map[string]any)[factory.Type().String()].(map[string]any)
			if !found {
				continue
			}
			into := factory.CreateDefaultConfig()
			if err := confmap.NewFromStringMap(keys).Unmarshal(into); err != nil {
				return err
			}
			return confmap.Validate(into)
		}
	}
	t.Fatal("no such component")
	return nil
}

// A variable may give any value, and a type may have a name.
func TestSchemaTakesVariables(t *testing.T) {
	schema := shipped(t)
	for keys, refused := range map[string]bool{
		"collection_interval: '${env:A}${env:B:-30s}'":        false,
		"only_assigned_partitions: '${env:A}'":                false,
		"max_groups: '${file:/a}'":                            false,
		"group_types: '${env:A}'":                             false,
		"group_types: ['${env:A}']":                           false,
		"auth: {sasl: {mechanism: '${env:A}'}}":               false,
		"tls: '${env:A}'":                                     false,
		"metrics: {kafka.brokers: {enabled: '${env:A:-no}'}}": false,
		"max_groups: '$A'":                                    true,
		"tls: A":                                              true,
	} {
		config := decode(t, "receivers: {kafkalag/orders: {"+keys+"}}")
		assert.Equal(t, refused, validate(t, schema, config) != nil, keys)
	}
	assert.NoError(t, validate(t, schema, decode(t, "{receivers: {kafkalag: , kafkalags: {a: b}}, exporters: {debug: {}}, service: {}}")))
}
