// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Kind is what a block of YAML is for.
type Kind string

// Kinds of YAML.
const (
	// Collector is a configuration of the collector or a part of one.
	Collector Kind = "collector"
	// Builder is one of the collector builder, or a part.
	Builder Kind = "builder"
	// Prometheus is a part of Prometheus's configuration, Rules a file of rules.
	Prometheus Kind = "prometheus"
	Rules      Kind = "rules"
	// OTLP is a part of Prometheus 3's configuration: internal/test/e2e runs one on it.
	OTLP Kind = "otlp"
	// Manifest is a part of what Kubernetes is given.
	Manifest Kind = "manifest"
	// Values are what the Helm chart is given.
	Values  Kind = "values"
	Unknown Kind = ""
)

// kinds recognizes a block by a key at the top.
var kinds = map[string]Kind{
	"receivers": Collector, "processors": Collector, "exporters": Collector, "extensions": Collector, "service": Collector,
	"scrape_configs": Prometheus, "rule_files": Prometheus, "remote_write": Prometheus,
	"otlp":       OTLP,
	"groups":     Rules,
	"apiVersion": Manifest, "spec": Manifest,
	"kafka": Values, "config": Values, "serviceMonitor": Values, "replicas": Values,
}

// YAML decodes a block and returns what it is for. A diff counts as its result.
// Unknown is no YAML, and YAML that this package has no name for.
func (b Block) YAML() (map[string]any, Kind) {
	text := b.Text
	if b.Language == "diff" {
		text = applied(text)
	}
	var content map[string]any
	if b.Language != "yaml" && b.Language != "diff" || yaml.Unmarshal([]byte(text), &content) != nil {
		return nil, Unknown
	}
	for key, value := range content {
		kind := kinds[key]
		if _, list := value.([]any); list && kind == Collector {
			kind = Builder
		}
		if kind != Unknown {
			return content, kind
		}
	}
	return content, Unknown
}

// applied is what a diff makes of its context.
func applied(diff string) string {
	var text strings.Builder
	for line := range strings.Lines(diff) {
		if line[0] != '-' {
			text.WriteString(line[1:])
		}
	}
	return text.String()
}
