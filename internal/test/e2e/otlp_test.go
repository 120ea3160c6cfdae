// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// What otlp.yaml sends is received whole by another collector.
func TestE2ESendsOTLP(t *testing.T) {
	endpoint, file := receiveOTLP(t)
	kafka := startKafka(t)
	start(t, append(brokersEnv(kafka.Brokers()...), "OTLP_ENDPOINT=http://"+endpoint), shipped("otlp.yaml"))
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		lags, offsets := received(now, file, "kafka.consumer_group.lag"), received(now, file, "kafka.consumer_group.offset")
		assert.Equal(now, billingLag, lags)
		assert.Equal(now, billingOffsets, offsets)
	}, patience, 100*time.Millisecond)
}

// No message is larger than what a gRPC receiver takes by default, 4 MiB,
// however long the names are: it refuses what is larger as a whole.
func TestE2ESendsLongNamesByOTLP(t *testing.T) {
	const groups, partitions = 40, 100
	endpoint, file := receiveOTLP(t)
	kafka := kafkatest.StartFake(t, 1)
	kafka.CreateTopic(t, "orders", partitions, 1, nil)
	committed := make(map[int32]int64)
	for partition := range int32(partitions) {
		committed[partition] = 0
	}
	for i := range groups {
		kafka.Commit(t, fmt.Sprintf("%01000d", i), map[string]map[int32]int64{"orders": committed})
	}

	start(t, append(brokersEnv(kafka.Brokers()...), "OTLP_ENDPOINT=http://"+endpoint), shipped("otlp.yaml"))
	require.EventuallyWithT(t, func(now *assert.CollectT) {
		assert.Len(now, received(now, file, "kafka.consumer_group.lag"), groups*partitions)
		assert.Len(now, received(now, file, "kafka.consumer_group.offset"), groups*partitions)
	}, 3*patience, time.Second) // megabytes of JSON are read each time
}

// receiveOTLP runs a collector that writes what it receives by OTLP to a file.
func receiveOTLP(t *testing.T) (endpoint, file string) {
	t.Helper()
	endpoint, file = nobody(t), filepath.Join(t.TempDir(), "received.json")
	start(t, nil, writeFile(t, "receiving.yaml", fmt.Sprintf(`
receivers: {otlp: {protocols: {grpc: {endpoint: "%s"}}}}
exporters: {file: {path: "%s"}}
service: {pipelines: {metrics: {receivers: [otlp], exporters: [file]}}}
`, endpoint, file)))
	return endpoint, file
}

// received gives the newest values of a metric in the file that the file
// exporter writes, one message a line, by group, topic and partition.
func received(t require.TestingT, file, name string) map[string]float64 {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	values := make(map[string]float64)
	unmarshaler := &pmetric.JSONUnmarshaler{}
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break // still being written
		}
		message, err := unmarshaler.UnmarshalMetrics(line)
		require.NoError(t, err)
		for _, metric := range metricsOf(message, name) {
			for _, point := range metric.Gauge().DataPoints().All() {
				key := ""
				for _, label := range lagLabels {
					value, _ := point.Attributes().Get(label)
					key += " " + value.AsString()
				}
				values[key[1:]] = float64(point.IntValue())
			}
		}
	}
	return values
}

func metricsOf(message pmetric.Metrics, name string) []pmetric.Metric {
	var found []pmetric.Metric
	for _, resource := range message.ResourceMetrics().All() {
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				if metric.Name() == name {
					found = append(found, metric)
				}
			}
		}
	}
	return found
}
