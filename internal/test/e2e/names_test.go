// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// prometheusNames are the metrics of the receivers' metadata.yaml as Prometheus calls
// them.
func prometheusNames(t *testing.T) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	for _, folder := range []string{".", "receiver/probe"} {
		addNames(t, names, filepath.Join("..", "..", "..", folder, "metadata.yaml"))
	}
	return names
}

func addNames(t *testing.T, names map[string]bool, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	type metrics map[string]struct {
		Unit string
		Sum  struct{ Monotonic bool }
	}
	var file struct {
		Metrics   metrics
		Telemetry struct{ Metrics metrics }
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	suffixes := map[string]string{"s": "_seconds", "By": "_bytes"}
	for name, metric := range file.Metrics {
		name = strings.ReplaceAll(name, ".", "_") + suffixes[metric.Unit]
		if metric.Sum.Monotonic {
			name += "_total"
		}
		names[name] = true
	}
	for name := range file.Telemetry.Metrics {
		names["otelcol_"+name] = true
	}
}

var ours = regexp.MustCompile(`\b(kafka_(?:broker|consumer|partition|probe|quorum|share|streams|topic)\w*|otelcol_kafkalag_\w+)\b`)

// A rule on a metric that does not exist never fires, and nobody notices.
func TestAlertsAndDashboardNameWhatExists(t *testing.T) {
	known := prometheusNames(t)
	rules, err := os.ReadFile(rulesFile)
	require.NoError(t, err)
	recorded := regexp.MustCompile(`\w+:(\w+):\w+`) // of metrics that are named elsewhere
	named := ours.FindAllString(recorded.ReplaceAllString(string(rules), ""), -1)
	for _, p := range readDashboard(t).Panels {
		for _, q := range p.Targets {
			named = append(named, ours.FindAllString(q.Expr, -1)...)
		}
	}
	require.NotEmpty(t, named)
	for _, name := range named {
		assert.True(t, known[strings.TrimSuffix(name, "_bucket")], "%s is a metric", name)
	}
}

// The README lists the alerts with their severities.
func TestReadmeListsAlerts(t *testing.T) {
	text, err := os.ReadFile(observability("README.md"))
	require.NoError(t, err)
	listed := make(map[string]string)
	for _, row := range regexp.MustCompile(`(?m)^\| (Kafka\w+) \| (\w+) \|`).FindAllStringSubmatch(string(text), -1) {
		listed[row[1]] = row[2]
	}
	alerts := make(map[string]string)
	for _, rule := range alertRules(t) {
		alerts[rule.Alert] = rule.Labels["severity"]
	}
	assert.Equal(t, alerts, listed)
}
