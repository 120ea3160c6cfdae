// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// everySetting is all that the shipped configs take from the environment.
var everySetting = []string{
	"KAFKA_BROKERS=one:9092,two:9092,three:9092", "KAFKA_CLUSTER_ALIAS=orders",
	"KAFKA_SASL_MECHANISM=SCRAM-SHA-512", "KAFKA_USERNAME=monitor", "KAFKA_PASSWORD=0123",
	"KAFKA_TLS_INSECURE=false", "KAFKA_CA_FILE=", "KAFKALAG_LISTEN=0.0.0.0",
	"KAFKALAG_INTERVAL=10s", "KAFKALAG_EXPIRATION=20s",
	"KAFKA_TOPIC_FILTER=[a-z]+", "KAFKA_TOPIC_EXCLUDE=^(x|y)$", "KAFKA_GROUP_FILTER=.*", "KAFKA_GROUP_EXCLUDE=console-.*",
	`KAFKA_LABELS={cluster: orders, shard: "7"}`, "KAFKA_ZOOKEEPER=one:2181,two:2181",
	"OTLP_ENDPOINT=https://collector:4317", "REMOTE_WRITE_ENDPOINT=https://prometheus/api/v1/write",
}

func TestProductShippedConfigsAreValid(t *testing.T) {
	for _, file := range shippedConfigs(t) {
		for name, env := range map[string][]string{"defaults": nil, "everything set": everySetting} {
			t.Run(filepath.Base(file)+" "+name, func(t *testing.T) {
				out, err := command(t, env, "validate", "--config", file).CombinedOutput()
				require.NoError(t, err, "%s", out)
				assert.Empty(t, string(out))
			})
		}
	}
}

// The two defaults are in different parts of the file; a user who sees a
// consumer group go shall not see its lag for longer than that.
func TestProductShippedExpirationIsTwiceTheInterval(t *testing.T) {
	for _, name := range []string{"default.yaml", "kafka-exporter.yaml"} {
		t.Run(name, func(t *testing.T) { expirationIsTwiceTheInterval(t, shipped(name)) })
	}
}

func expirationIsTwiceTheInterval(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var config struct {
		Receivers struct {
			Kafkalag struct {
				Interval string `yaml:"collection_interval"`
			}
		}
		Exporters struct {
			Prometheus struct {
				Expiration string `yaml:"metric_expiration"`
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &config))
	interval := defaultDuration(t, config.Receivers.Kafkalag.Interval)
	assert.Equal(t, 2*interval, defaultDuration(t, config.Exporters.Prometheus.Expiration))
}

var (
	used   = regexp.MustCompile(`\$\{env:(\w+)`)
	listed = regexp.MustCompile(`(?m)^# {3}(\w+(?:, \w+)*)(?: |$)`)
)

// The comment at a shipped config's top lists what the file takes from the
// environment, and nothing else.
func TestShippedConfigsListTheirVariables(t *testing.T) {
	for _, file := range shippedConfigs(t) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.ElementsMatch(t, variables(used, string(text)), variables(listed, string(text)), file)
	}
}

// variables gives the names that an expression's first group finds, each once.
func variables(expression *regexp.Regexp, text string) []string {
	names := map[string]bool{}
	for _, found := range expression.FindAllStringSubmatch(text, -1) {
		for name := range strings.SplitSeq(found[1], ", ") {
			names[name] = true
		}
	}
	return slices.Collect(maps.Keys(names))
}

func shippedConfigs(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(shipped("*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// defaultDuration is the duration that ${env:NAME:-DURATION} falls back on.
func defaultDuration(t *testing.T, reference string) time.Duration {
	t.Helper()
	_, fallback, found := strings.Cut(strings.TrimSuffix(reference, "}"), ":-")
	require.True(t, found, reference)
	d, err := time.ParseDuration(fallback)
	require.NoError(t, err)
	return d
}

func TestProductRefusesMistakes(t *testing.T) {
	for name, tt := range map[string]struct {
		receiver string
		want     []string // each on a line of its own
	}{
		"an unknown key": {
			receiver: `{brokers: [localhost:9092], topics: [orders]}`,
			want:     []string{`invalid keys: topics`},
		},
		"several at once": {
			receiver: `{brokers: [localhost], collection_interval: 0s, timeout: -1s, topic_match: "(", auth: {sasl: {mechanism: NTLM}}}`,
			want: []string{
				`"brokers"`, `"collection_interval"`, `"timeout"`, `"topic_match"`, `"auth.sasl.mechanism"`,
			},
		},
		"no broker": {
			receiver: `{brokers: []}`,
			want:     []string{`"brokers"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			config := writeFile(t, "config.yaml", `
receivers: {kafkalag: `+tt.receiver+`}
exporters: {debug: {}}
service: {pipelines: {metrics: {receivers: [kafkalag], exporters: [debug]}}}
`)
			// Not validate: it is the start that must be refused.
			out, err := command(t, nil, "--config", config).CombinedOutput()
			require.Error(t, err, "%s", out)
			for _, want := range tt.want {
				assert.Equal(t, 1, linesWith(string(out), want), "lines that say %q in:\n%s", want, out)
			}
		})
	}
}

func linesWith(text, part string) int {
	n := 0
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			n++
		}
	}
	return n
}
