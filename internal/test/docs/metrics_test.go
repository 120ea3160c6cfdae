// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	metricName    = regexp.MustCompile(`^(kafka\.(?:brokers?|topic|partition|consumer_group|share_group|streams_group|quorum|cluster|probe)\b[a-z_.]*|otelcol_kafkalag_\w*)(\*|\{.*\})?$`)
	documentedOne = regexp.MustCompile(`^#+ ((?:kafka\.|otelcol_kafkalag_)\S+)$|^\| (kafka\.\S+) `)
)

// Metrics and attributes that a page names are in documentation.md, which is
// generated: each by its whole name, or several by what they have in common.
func TestMetricNamesExist(t *testing.T) {
	var known []string
	for _, page := range []string{generated, "receiver/probe/" + generated} {
		for _, line := range Read(t, page).Prose() {
			if found := documentedOne.FindStringSubmatch(line); found != nil {
				known = append(known, found[1]+found[2])
			}
		}
	}
	require.Greater(t, len(known), 50)
	all := "\n" + strings.Join(known, "\n") + "\n"
	seen := 0
	for _, p := range All(t) {
		for _, span := range p.Code() {
			found := metricName.FindStringSubmatch(span)
			if found == nil {
				continue
			}
			seen++
			name := strings.TrimRight(found[1], "._")
			assert.Regexp(t, `\n`+regexp.QuoteMeta(name)+`[._\n]`, all, "%s names %s", p.Path, span)
		}
	}
	assert.Greater(t, seen, 100)
}
