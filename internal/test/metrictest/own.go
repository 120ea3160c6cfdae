// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package metrictest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// Settings returns those of the receiver kafkalag/test, whose own metrics go to the
// reader.
func Settings(reader *componenttest.Telemetry) receiver.Settings {
	set := receivertest.NewNopSettings(metadata.Type)
	set.ID = component.NewIDWithName(metadata.Type, "test")
	set.TelemetrySettings = reader.NewTelemetrySettings()
	return set
}

// Own reads one of the receiver's own metrics, of whole numbers, by the values of its
// attributes: "/Metadata/scrape".
func Own(t *testing.T, reader *componenttest.Telemetry, name string) map[string]int64 {
	t.Helper()
	m, err := reader.GetMetric("otelcol_" + name)
	require.NoError(t, err)
	out := map[string]int64{}
	for _, p := range numbers(t, m.Data) {
		var key strings.Builder
		for _, kv := range p.Attributes.ToSlice() {
			if kv.Key != "receiver" {
				key.WriteString("/" + kv.Value.AsString())
			}
		}
		id, _ := p.Attributes.Value(attribute.Key("receiver"))
		require.Equal(t, "kafkalag/test", id.AsString(), name)
		out[key.String()] = p.Value
	}
	return out
}

func numbers(t *testing.T, data metricdata.Aggregation) []metricdata.DataPoint[int64] {
	t.Helper()
	switch data := data.(type) {
	case metricdata.Sum[int64]:
		return data.DataPoints
	case metricdata.Gauge[int64]:
		return data.DataPoints
	}
	t.Fatalf("not a sum or gauge of whole numbers: %T", data)
	return nil
}
