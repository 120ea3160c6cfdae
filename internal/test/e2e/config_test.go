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
	"KAFKA_BROKERS=one:9092,two:9092,three:9092", "KAFKA_CLUSTER_NAME=orders", "KAFKA_CLUSTER_ALIAS=orders",
	"KAFKA_SASL_MECHANISM=SCRAM-SHA-512", "KAFKA_USERNAME=monitor", "KAFKA_PASSWORD=0123",
	"KAFKA_TLS_INSECURE=false", "KAFKA_CA_FILE=", "KAFKALAG_LISTEN=0.0.0.0",
	"KAFKALAG_INTERVAL=10s", "KAFKALAG_EXPIRATION=20s", "KAFKALAG_GROUP=kafkalag", "KAFKALAG_PROBE_GROUP=kafkalag-probe",
	"KAFKA_TOPIC_FILTER=[a-z]+", "KAFKA_TOPIC_EXCLUDE=^(x|y)$", "KAFKA_GROUP_FILTER=.*", "KAFKA_GROUP_EXCLUDE=console-.*",
	`KAFKA_LABELS={cluster: orders, shard: "7"}`, "KAFKA_ZOOKEEPER=one:2181,two:2181",
	"OTLP_ENDPOINT=https://collector:4317", "REMOTE_WRITE_ENDPOINT=https://prometheus/api/v1/write",
}

func TestE2EShippedConfigsAreValid(t *testing.T) {
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

// A warning at start is read as a mistake of the user's own.
func TestE2EShippedConfigsStartWithoutWarning(t *testing.T) {
	kafka := startKafka(t)
	endpoint, _ := receiveOTLP(t) // where nobody listens, gRPC warns of that, at times before all is ready
	for _, file := range shippedConfigs(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			c := start(t, append(brokersEnv(kafka.Brokers()...), "OTLP_ENDPOINT=http://"+endpoint), file)
			c.awaitScrapes(t, "kafkalag")
			begun, _, _ := strings.Cut(c.log.String(), "Everything is ready")
			assert.NotContains(t, begun, "\twarn\t")
			assert.NotContains(t, strings.ToLower(c.log.String()), "deprecated")
		})
	}
}

// A group that is gone leaves the page with the next scrape. What is shown while
// no scrape comes outlasts one that fails and one that takes all of its time-out.
func TestE2EShippedConfigsExpireExactly(t *testing.T) {
	for _, name := range []string{"default.yaml", "kafka-exporter.yaml", "kafka-lag-exporter.yaml"} {
		for env, want := range map[string]time.Duration{
			"":                         90 * time.Second,
			"KAFKALAG_INTERVAL=5m":     10*time.Minute + 30*time.Second,
			"KAFKALAG_INTERVAL=1m30s":  3*time.Minute + 30*time.Second,
			"KAFKALAG_EXPIRATION=100s": 100 * time.Second,
		} {
			t.Run(name+" "+env, func(t *testing.T) {
				text, err := command(t, []string{env}, "print-config", "--config", shipped(name)).Output()
				require.NoError(t, err)
				var config struct {
					Exporters struct {
						Page struct {
							Exact      bool          `yaml:"exact_expiry"`
							Expiration time.Duration `yaml:"metric_expiration"`
						} `yaml:"prometheus_page"`
					}
				}
				require.NoError(t, yaml.Unmarshal(text, &config))
				assert.True(t, config.Exporters.Page.Exact)
				assert.Equal(t, want, config.Exporters.Page.Expiration)
			})
		}
	}
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

func TestE2ERefusesAnInvalidConfig(t *testing.T) {
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
		"certificates without their keys": {
			receiver: `{brokers: [localhost], tls: {cert_file: x}, auth: {tls: {key_file: x},
				sasl: {mechanism: OAUTHBEARER, oauthbearer: {tls: {min_version: "2"}}}}}`,
			want: []string{
				`"brokers" has`, `"auth.tls" is set`, `"tls.key_file" is empty`, `"auth.tls.cert_file" is empty`,
				`"auth.sasl.oauthbearer.tls" is not usable`, `"auth.sasl.oauthbearer.client_id" is empty`,
			},
		},
		"durations without a unit": {
			receiver: `{collection_interval: 30, initial_delay: 5, metadata: {refresh_interval: 300}, time_lag: {history: "3600"},
				request_timeout: 1ms}`,
			want: []string{
				`"collection_interval" is 30: must have a unit, write 30s`, `"initial_delay" is 5: must have a unit, write 5s`,
				`"metadata.refresh_interval" is 300: must have a unit, write 300s`,
				`"time_lag.history" is "3600": must have a unit, write 3600s`, `"request_timeout" is 1ms: must be at least 100ms`,
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
			assert.NotContains(t, string(out), "config::", "a line for a mistake that has one")
		})
	}
}

// One forgotten letter would have the collector ask Kafka thousands of times a
// second.
func TestE2ERefusesAnIntervalWithoutAUnit(t *testing.T) {
	for _, file := range shippedConfigs(t) {
		out, err := command(t, []string{"KAFKALAG_INTERVAL=30"}, "validate", "--config", file).CombinedOutput()
		require.Error(t, err, "%s: %s", file, out)
		assert.Contains(t, string(out), `"collection_interval" is 30: must have a unit, write 30s`, file)
		out, err = command(t, []string{"KAFKALAG_INTERVAL=1ms"}, "validate", "--config", file).CombinedOutput()
		require.Error(t, err, "%s: %s", file, out)
		assert.Contains(t, string(out), `"collection_interval" is 1ms: must be at least 1s`, file)
	}
}

// The page's last scrape would leave it at once.
func TestE2ERefusesAnExpirationWithoutAUnit(t *testing.T) {
	for _, name := range []string{"default.yaml", "kafka-exporter.yaml", "kafka-lag-exporter.yaml"} {
		for given, want := range map[string]string{
			"60":  `"metric_expiration" is 60: must have a unit, write 60s`,
			"1ms": `"metric_expiration" is 1ms: must be at least 1s`,
		} {
			out, err := command(t, []string{"KAFKALAG_EXPIRATION=" + given}, "validate", "--config", shipped(name)).CombinedOutput()
			require.Error(t, err, "%s: %s", name, out)
			assert.Contains(t, string(out), want, name)
		}
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
