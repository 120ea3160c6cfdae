// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// points is one scrape: the values of its data points by [name].
type points map[string]int64

// name names a data point: its metric, then the values of its attributes in the
// order of metadata.yaml.
func name(parts ...string) string { return strings.Join(parts, " ") }

func pointsOf(m pmetric.Metrics) points {
	got := points{}
	for _, resource := range m.ResourceMetrics().All() {
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				for _, p := range numbers(metric).All() {
					got[name(metric.Name(), values(p.Attributes()))] = p.IntValue()
				}
			}
		}
	}
	return got
}

func numbers(metric pmetric.Metric) pmetric.NumberDataPointSlice {
	if metric.Type() == pmetric.MetricTypeSum {
		return metric.Sum().DataPoints()
	}
	return metric.Gauge().DataPoints()
}

func values(attributes pcommon.Map) string {
	var values []string
	for _, value := range attributes.All() {
		values = append(values, value.AsString())
	}
	return name(values...)
}

// brokers is how many brokers the scrape saw, 0 where it learned nothing.
func (p points) brokers() int64 { return p["kafka.brokers "] }

// of lists the names of one metric's data points, sorted.
func (p points) of(metric string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(p)), func(n string) bool {
		return !strings.HasPrefix(n, metric+" ")
	})
}
