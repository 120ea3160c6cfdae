// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/kafkatest"
)

func TestProductPagesAreMeasured(t *testing.T) {
	collector := os.Getenv("KAFKALAG_COLLECTOR")
	if collector == "" {
		kafkatest.Lacks(t, "product", "KAFKALAG_COLLECTOR does not name the built collector: run the tests with `make test`")
	}
	z := size{brokers: 2, topics: 3, partitions: 9, replicas: 1, groups: 4, commits: 5}
	m, err := startMemory(z)
	require.NoError(t, err)
	t.Cleanup(m.close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	t.Setenv("KAFKALAG_EXPIRATION", "") // is set on the way
	o := options{size: z, rounds: 2, every: 200 * time.Millisecond, collector: collector, configs: filepath.Join("..", "..", "config")}

	got, err := measurePrometheus(t.Context(), o, m.addresses())
	require.NoError(t, err)
	require.Len(t, got, 2)
	ofTopics := 0
	for group := range z.groups {
		for range z.commitsOf(group) {
			ofTopics++
		}
	}
	want := 1 + z.brokers + z.topics + 7*z.partitions + z.groups + 2*ofTopics + 2*z.groups*z.commits
	assert.Equal(t, want, got[1].series, "kafka_exporter's metrics")
	assert.Greater(t, got[0].series, want, "those, and more")
	for _, p := range got {
		assert.Positive(t, p.wall, p.name)
		assert.Positive(t, p.peak, p.name)
	}
}
