// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// families is what /metrics shows, by the metrics' names.
type families map[string]*dto.MetricFamily

// scrape reads /metrics as Prometheus would.
func (c *collector) scrape(t require.TestingT) families { return scrapeURL(t, c.metricsURL) }

// self reads the collector's own telemetry.
func (c *collector) self(t require.TestingT) families { return scrapeURL(t, c.selfURL) }

func scrapeURL(t require.TestingT, url string) families {
	parser := expfmt.NewTextParser(model.LegacyValidation)
	found, err := parser.TextToMetricFamilies(strings.NewReader(get(t, url)))
	require.NoError(t, err)
	return found
}

// values gives a metric's values, and a histogram's counts, by those of the
// labels, which are joined by spaces. Two series of equal labels fail the test.
func (f families) values(t require.TestingT, name string, labels ...string) map[string]float64 {
	values := make(map[string]float64)
	f.each(name, labels, func(key string, value float64) {
		require.NotContains(t, values, key, "%s has two series with these %v", name, labels)
		values[key] = value
	})
	return values
}

// sums is the same where several series have the same values of these labels.
func (f families) sums(name string, labels ...string) map[string]float64 {
	sums := make(map[string]float64)
	f.each(name, labels, func(key string, value float64) { sums[key] += value })
	return sums
}

// each shows every series of a metric: the values of these labels, and its own.
func (f families) each(name string, labels []string, show func(key string, value float64)) {
	for _, series := range f[name].GetMetric() {
		given := make(map[string]string)
		for _, pair := range series.GetLabel() {
			given[pair.GetName()] = pair.GetValue()
		}
		var key []string
		for _, label := range labels {
			key = append(key, given[label])
		}
		// Only one of them is there.
		show(strings.Join(key, " "), series.GetGauge().GetValue()+series.GetCounter().GetValue()+
			float64(series.GetHistogram().GetSampleCount()))
	}
}

// eventually waits until /metrics is as the function asserts.
func (c *collector) eventually(t *testing.T, holds func(now *assert.CollectT, found families)) {
	t.Helper()
	require.EventuallyWithT(t, func(now *assert.CollectT) { holds(now, c.scrape(now)) }, patience, 100*time.Millisecond)
}

func get(t require.TestingT, url string) string {
	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s: %s", url, body)
	return string(body)
}
