// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/pmetrictest"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write the golden files anew")

// requireGolden compares metrics with the file of that name in testdata. The
// order of metrics and data points does not matter.
func requireGolden(t *testing.T, name string, got pmetric.Metrics) {
	t.Helper()
	file := filepath.Join("..", "..", "testdata", "record-"+name+".yaml")
	if *update {
		writeGolden(t, file, got)
	}
	require.NoError(t, pmetrictest.CompareMetrics(readGolden(t, file), got,
		pmetrictest.IgnoreMetricsOrder(), pmetrictest.IgnoreMetricDataPointsOrder()),
		"if it is meant to change: go test ./internal/record -run Golden -update")
}

// readGolden reads OTLP's JSON, spelled as YAML.
func readGolden(t *testing.T, file string) pmetric.Metrics {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var tree map[string]any
	require.NoError(t, yaml.Unmarshal(text, &tree))
	text, err = json.Marshal(tree)
	require.NoError(t, err)
	metrics, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(text)
	require.NoError(t, err)
	return metrics
}

func writeGolden(t *testing.T, file string, metrics pmetric.Metrics) {
	t.Helper()
	text, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(metrics)
	require.NoError(t, err)
	var tree map[string]any
	require.NoError(t, json.Unmarshal(text, &tree))
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	require.NoError(t, encoder.Encode(tree))
	require.NoError(t, os.WriteFile(file, out.Bytes(), 0o600))
}
