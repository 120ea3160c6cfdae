// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
)

// elsewhere has the types of components that a page shows and the distribution
// does not have, which the page says.
var elsewhere = []string{"oauth2client"}

// credentials are what config/default.yaml takes a login from.
var credentials = []string{"KAFKA_SASL_MECHANISM=SCRAM-SHA-512", "KAFKA_USERNAME=monitor", "KAFKA_PASSWORD=0123"}

// Every configuration on a page is one that the collector takes: as it is, or
// what is a part of one on top of config/default.yaml.
func TestE2EDocumentedConfigsAreValid(t *testing.T) {
	secret := writeFile(t, "secret", "0123")
	file := regexp.MustCompile(`\$\{file:(?:\$\{[^}]*\}|[^}])*\}`)
	for _, p := range docs.All(t) {
		for _, b := range p.Blocks() {
			content, kind := b.YAML()
			if kind != docs.Collector {
				continue
			}
			t.Run(fmt.Sprintf("%s:%d", p.Path, b.Line), func(t *testing.T) {
				validate := func(on ...string) (string, error) {
					text, err := yaml.Marshal(content)
					require.NoError(t, err)
					config := file.ReplaceAllString(string(text), "${file:"+secret+"}")
					args := []string{"validate", "--config", writeFile(t, "config.yaml", config)}
					for _, name := range on {
						args = slices.Insert(args, 1, "--config", shipped(name))
					}
					out, err := command(t, append(environment(config), credentials...), args...).CombinedOutput()
					return string(out), err
				}
				onTop, err := validate("default.yaml")
				if err == nil && !whole(content) {
					return
				}
				complete(content)
				alone, err := validate()
				assert.NoError(t, err, "alone: %s\non top of config/default.yaml: %s", alone, onTop)
			})
		}
	}
}

// A configuration of TLS speaks TLS when it is put on top of a shipped one too,
// which have "insecure: true": what is merged with them must say otherwise.
func TestE2EDocumentedTLSIsOn(t *testing.T) {
	tried := 0
	for _, p := range docs.All(t) {
		for _, b := range p.Blocks() {
			content, kind := b.YAML()
			if kind != docs.Collector {
				continue
			}
			receivers, _ := content["receivers"].(map[string]any)
			for id, settings := range receivers {
				settings, _ := settings.(map[string]any)
				if settings["tls"] == nil || !strings.HasPrefix(id, "kafkalag") {
					continue
				}
				for _, name := range []string{"default.yaml", "kafka-exporter.yaml"} {
					t.Run(fmt.Sprintf("%s:%d %s on %s", p.Path, b.Line, id, name), func(t *testing.T) {
						tls := mergedTLS(t, name, settings["tls"])
						assert.True(t, !tls.Insecure || tls.CAFile != "" || tls.CAPem != "", "plain text")
					})
					tried++
				}
			}
		}
	}
	assert.Greater(t, tried, 20)
}

type tlsSettings struct {
	Insecure bool
	CAFile   string `yaml:"ca_file"`
	CAPem    string `yaml:"ca_pem"`
}

// mergedTLS is what the collector makes of settings of TLS on top of a shipped
// config.
func mergedTLS(t *testing.T, config string, tls any) tlsSettings {
	t.Helper()
	mine, err := yaml.Marshal(map[string]any{"receivers": map[string]any{"kafkalag": map[string]any{"tls": tls}}})
	require.NoError(t, err)
	printed, err := command(t, nil, "print-config", "--config", shipped(config), "--config", writeFile(t, "mine.yaml", string(mine))).Output()
	require.NoError(t, err, "%s", printed)
	var merged struct {
		Receivers struct {
			Kafkalag struct{ TLS tlsSettings }
		}
	}
	require.NoError(t, yaml.Unmarshal(printed, &merged))
	return merged.Receivers.Kafkalag.TLS
}

// whole reports whether a configuration is one without any other.
func whole(config map[string]any) bool {
	return config["receivers"] != nil && config["exporters"] != nil && config["service"] != nil
}

// complete makes a configuration of a part of one: a pipeline of all that it
// has, and what a pipeline has to have.
func complete(config map[string]any) {
	for kind, least := range map[string]string{"receivers": "kafkalag", "processors": "", "exporters": "debug", "extensions": ""} {
		components, _ := config[kind].(map[string]any)
		if components == nil {
			components = map[string]any{}
		}
		maps.DeleteFunc(components, func(id string, _ any) bool { return slices.Contains(elsewhere, id) })
		if len(components) == 0 && least != "" {
			components[least] = nil
		}
		config[kind] = components
	}
	if config["service"] != nil {
		return
	}
	all := func(kind string) []string { return slices.Sorted(maps.Keys(config[kind].(map[string]any))) }
	config["service"] = map[string]any{
		"extensions": all("extensions"),
		"pipelines": map[string]any{"metrics": map[string]any{
			"receivers": all("receivers"), "processors": all("processors"), "exporters": all("exporters"),
		}},
	}
}

var withoutDefault = regexp.MustCompile(`\$\{env:(\w+)\}`)

// environment sets what a configuration takes from the environment and has no
// default for.
func environment(config string) []string {
	var env []string
	for _, name := range withoutDefault.FindAllStringSubmatch(config, -1) {
		env = append(env, name[1]+"=/some/value")
	}
	return env
}

// The commands on the pages work: the collector takes the configs
// named, and what asks a running one gets an answer.
func TestE2EDocumentedCommands(t *testing.T) {
	kafka := startKafka(t)
	c := start(t, brokersEnv(kafka.Brokers()...), shipped("default.yaml"))
	local := strings.NewReplacer(
		"localhost:9308/metrics", c.metricsURL, "localhost:13133/health/status", strings.TrimSuffix(c.healthURL, "?verbose"),
		"localhost:8888/metrics", c.selfURL, "localhost:8000/metrics", c.metricsURL)
	seen := map[string]int{}
	for _, p := range docs.All(t) {
		for _, b := range p.Blocks() {
			if b.Language != "console" {
				continue
			}
			for _, typed := range b.Commands() {
				seen[typed.Args[0]]++
				t.Run(p.Path+" "+typed.Line, func(t *testing.T) {
					switch typed.Args[0] {
					case "build/otelcol-kafkalag", "otelcol-kafkalag":
						assertTaken(t, typed)
					case "curl":
						line := local.Replace(typed.Line)
						require.NotEqual(t, typed.Line, line, "an address of this collector")
						require.EventuallyWithT(t, func(now *assert.CollectT) {
							out, err := exec.CommandContext(t.Context(), "sh", "-c", line).CombinedOutput()
							assert.NoError(now, err, "%s", out)
							assert.NotEmpty(now, out)
						}, patience, tick)
					}
				})
			}
		}
	}
	assert.Positive(t, seen["build/otelcol-kafkalag"])
	assert.Positive(t, seen["curl"])
}

// assertTaken has the collector validate what a command would run it on. A
// subcommand is run as it is.
func assertTaken(t *testing.T, typed docs.Command) {
	t.Helper()
	var args []string
	env := typed.Env
	if strings.HasPrefix(typed.Args[1], "-") {
		args = append(args, "validate")
	}
	for _, arg := range typed.Args[1:] {
		if strings.HasSuffix(arg, ".yaml") {
			if !strings.Contains(arg, "/") { // the reader's own
				args = args[:len(args)-1]
				continue
			}
			arg = filepath.Join(docs.Root(t), arg)
			text, err := os.ReadFile(arg)
			require.NoError(t, err)
			env = append(env, environment(string(text))...)
		}
		args = append(args, arg)
	}
	out, err := command(t, env, args...).CombinedOutput()
	assert.NoError(t, err, "%s", out)
}
