// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/kafkalag/kafkalagreceiver"
	"github.com/kafkalag/kafkalagreceiver/exporter/prometheuspage"
	"github.com/kafkalag/kafkalagreceiver/internal/test/docs"
	"github.com/kafkalag/kafkalagreceiver/receiver/probe"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
)

var update = flag.Bool("update", false, "write the schema anew")

func TestSchemaIsUpToDate(t *testing.T) {
	receiver, prober, exporter := kafkalagreceiver.NewFactory(), probe.NewFactory(), prometheuspage.NewFactory()
	schema := Collector(
		map[component.Type]*jsonschema.Schema{
			receiver.Type(): Of(receiver.CreateDefaultConfig(), receiverKeys(t)),
			prober.Type():   Of(prober.CreateDefaultConfig(), probeKeys(t)),
		},
		map[component.Type]*jsonschema.Schema{exporter.Type(): Of(exporter.CreateDefaultConfig(), exporterKeys(t))},
	)
	compact, err := json.Marshal(schema)
	require.NoError(t, err)
	var want bytes.Buffer
	require.NoError(t, json.Indent(&want, compact, "", "  "))
	want.WriteByte('\n')

	file := filepath.Join(docs.Root(t), "config", "kafkalag.schema.json")
	if *update {
		require.NoError(t, os.WriteFile(file, want.Bytes(), 0o600))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, want.String(), string(got), "make generate writes it anew")
}

func TestPageNamesTheSchema(t *testing.T) {
	assert.Contains(t, docs.Read(t, "docs/configuration.md").Text, "\n# yaml-language-server: $schema="+ID+"\n")
}
