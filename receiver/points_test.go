// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import "go.opentelemetry.io/collector/pdata/pmetric"

// points maps the names of the metrics to their data points, which their
// attributes name.
func points(metrics pmetric.Metrics) map[string]map[string]int64 {
	got := map[string]map[string]int64{}
	for _, resource := range metrics.ResourceMetrics().All() {
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				got[metric.Name()] = pointsByAttributes(metric)
			}
		}
	}
	return got
}

func pointsByAttributes(metric pmetric.Metric) map[string]int64 {
	var points pmetric.NumberDataPointSlice
	if metric.Type() == pmetric.MetricTypeSum {
		points = metric.Sum().DataPoints()
	} else {
		points = metric.Gauge().DataPoints()
	}
	got := map[string]int64{}
	for _, point := range points.All() {
		key := ""
		for name, value := range point.Attributes().All() {
			if key != "" {
				key += " "
			}
			key += name + "=" + value.AsString()
		}
		got[key] = point.IntValue()
	}
	return got
}

// values maps the names of the metrics to the value of their only data point.
func values(metrics pmetric.Metrics) map[string]int64 {
	got := map[string]int64{}
	for name, only := range points(metrics) {
		for _, value := range only {
			got[name] = value
		}
	}
	return got
}
