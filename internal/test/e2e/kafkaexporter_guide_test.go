// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	exampleBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")
	flagGiven    = regexp.MustCompile(`--(?:no-)?([\w.-]+)`)
	quoted       = regexp.MustCompile("`([^`]+)`")
	setting      = regexp.MustCompile(`\bKAFKA(?:LAG)?_[A-Z_]+\b`)
)

func exporterGuide(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "from-kafka-exporter.md"))
	require.NoError(t, err)
	return string(text)
}

// Every configuration in the guide is one that the collector takes, on top of
// the shipped one.
func TestE2EKafkaExporterGuideIsValid(t *testing.T) {
	blocks := exampleBlock.FindAllStringSubmatch(exporterGuide(t), -1)
	require.Len(t, blocks, 3)
	for i, block := range blocks {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			mine := writeFile(t, "mine.yaml", block[1])
			out, err := command(t, []string{"SASL_USER_PASSWORD=0123"}, "validate", "--config", shipped("kafka-exporter.yaml"), "--config", mine).CombinedOutput()
			require.NoError(t, err, "%s", out)
			assert.Empty(t, string(out))
		})
	}
}

// Every flag of kafka_exporter has a row in the guide's table, and no row nor
// command there has another.
func TestKafkaExporterGuideHasEveryFlag(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "kafka_exporter-flags.txt"))
	require.NoError(t, err)
	flags := strings.Split(strings.TrimSpace(string(text)), "\n")[1:] // below a comment
	guide := exporterGuide(t)
	_, table, _ := strings.Cut(guide, "| flag | here |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var rows []string
	for line := range strings.Lines(table) {
		first := strings.Split(line, "|")[1]
		if strings.Contains(first, "the variable") {
			continue
		}
		for _, name := range quoted.FindAllStringSubmatch(first, -1) {
			rows = append(rows, name[1])
		}
	}
	assert.ElementsMatch(t, flags, rows)

	_, commands, _ := strings.Cut(guide, "\n## Examples\n")
	given := 0
	for _, block := range strings.Split(commands, "```console\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		if strings.Contains(block, "kafka_exporter ") {
			for _, flag := range flagGiven.FindAllStringSubmatch(block, -1) {
				assert.Contains(t, flags, flag[1])
				given++
			}
		}
	}
	assert.Greater(t, given, 20)
}

// The variables that the guide names are those of the config.
func TestKafkaExporterGuideNamesVariables(t *testing.T) {
	config, err := os.ReadFile(shipped("kafka-exporter.yaml"))
	require.NoError(t, err)
	there := variables(used, string(config))
	named := slices.Compact(slices.Sorted(slices.Values(setting.FindAllString(exporterGuide(t), -1))))
	assert.Greater(t, len(named), 10)
	assert.Subset(t, there, named)
}
