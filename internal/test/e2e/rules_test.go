// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/kafkalag/kafkalagreceiver/internal/test/promtest"
)

// observability is the path of a file of that folder.
func observability(path ...string) string {
	return filepath.Join(append([]string{"..", "..", "..", "observability"}, path...)...)
}

var rulesFile = observability("prometheus", "kafkalag.rules.yaml")

func TestRulesOnPaper(t *testing.T) {
	t.Parallel() // with those that wait
	out := promtest.Promtool(t, "test", "rules", observability("prometheus", "kafkalag.test.yaml"))
	assert.Contains(t, out, "SUCCESS")
}

// alertRule is an alert of the rules.
type alertRule struct {
	Alert       string
	Labels      map[string]string
	Annotations map[string]string
}

func alertRules(t *testing.T) []alertRule {
	t.Helper()
	text, err := os.ReadFile(rulesFile)
	require.NoError(t, err)
	var file struct{ Groups []struct{ Rules []alertRule } }
	require.NoError(t, yaml.Unmarshal(text, &file))
	var alerts []alertRule
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			if rule.Alert != "" {
				alerts = append(alerts, rule)
			}
		}
	}
	require.NotEmpty(t, alerts)
	return alerts
}

// Whoever is woken finds a page that says what to do, and each page has an
// alert.
func TestAlertsHaveARunbook(t *testing.T) {
	runbook, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "runbook.md"))
	require.NoError(t, err)
	var sections []string
	for _, heading := range regexp.MustCompile(`(?m)^## (Kafka\w+)$`).FindAllStringSubmatch(string(runbook), -1) {
		sections = append(sections, heading[1])
	}
	var names []string
	for _, rule := range alertRules(t) {
		names = append(names, rule.Alert)
		link, err := url.Parse(rule.Annotations["runbook_url"])
		require.NoError(t, err)
		assert.Equal(t, "/kafkalag/kafkalagreceiver/blob/main/docs/runbook.md", link.Path, rule.Alert)
		assert.Equal(t, strings.ToLower(rule.Alert), link.Fragment)
		assert.Contains(t, []string{"critical", "warning"}, rule.Labels["severity"], rule.Alert)
		assert.NotEmpty(t, rule.Annotations["summary"], rule.Alert)
		assert.NotEmpty(t, rule.Annotations["description"], rule.Alert)
	}
	assert.ElementsMatch(t, names, sections)
}

var (
	durations = regexp.MustCompile(`\b(\d+)([mhd])\b`)
	bounds    = regexp.MustCompile(`((?:(?:time_lag|drain_time)_seconds:max >|stalled_time_seconds:max\)? >=|retention_margin_seconds:min <|open_transaction_age_seconds >|last_caught_up_age_seconds:max\{role="\w+"\} (?:<=|>)) )(\d+)`)
)

// hastened writes the rules for clocks that run sixty times as fast, where
// minutes are seconds, and returns the file.
func hastened(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(rulesFile)
	require.NoError(t, err)
	units := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	hasty := durations.ReplaceAllStringFunc(string(text), func(duration string) string {
		parts := durations.FindStringSubmatch(duration)
		n, err := strconv.Atoi(parts[1])
		require.NoError(t, err)
		return fmt.Sprintf("%.0fs", (time.Duration(n) * units[parts[2]] / 60).Seconds())
	})
	hasty = bounds.ReplaceAllStringFunc(hasty, func(comparison string) string {
		parts := bounds.FindStringSubmatch(comparison)
		seconds, err := strconv.Atoi(parts[2])
		require.NoError(t, err)
		return parts[1] + strconv.Itoa(seconds/60)
	})
	return writeFile(t, "hastened.rules.yaml", hasty)
}
