// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package metrictest reads metrics for tests: those of a scrape, and the
// receiver's own.
package metrictest

import (
	"maps"
	"reflect"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// EnableAll enables every metric.
func EnableAll(metrics *metadata.MetricsConfig) {
	for _, metric := range reflect.ValueOf(metrics).Elem().Fields() {
		metric.FieldByName("Enabled").SetBool(true)
	}
}

// Enabled lists the names of the enabled metrics.
func Enabled(metrics metadata.MetricsConfig) []string {
	var names []string
	for field, metric := range reflect.ValueOf(metrics).Fields() {
		if metric.FieldByName("Enabled").Bool() {
			names = append(names, field.Tag.Get("mapstructure"))
		}
	}
	return names
}

// Points maps the names of metrics to the whole numbers of their data points, by
// attributes: "group=billing topic=orders".
func Points(metrics pmetric.Metrics) map[string]map[string]int64 {
	got := map[string]map[string]int64{}
	for _, resource := range metrics.ResourceMetrics().All() {
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				if got[metric.Name()] == nil {
					got[metric.Name()] = map[string]int64{}
				}
				maps.Copy(got[metric.Name()], pointsByAttributes(metric))
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

// Values maps the names of metrics to the value of their only data point.
func Values(metrics pmetric.Metrics) map[string]int64 {
	got := map[string]int64{}
	for name, only := range Points(metrics) {
		for _, value := range only {
			got[name] = value
		}
	}
	return got
}

// InvalidTexts returns the attributes that are not valid UTF-8.
func InvalidTexts(m pmetric.Metrics) []string {
	var invalid []string
	for _, resource := range m.ResourceMetrics().All() {
		for _, value := range resource.Resource().Attributes().All() {
			if !utf8.ValidString(value.AsString()) {
				invalid = append(invalid, value.AsString())
			}
		}
	}
	for _, only := range Points(m) {
		for attributes := range only {
			if !utf8.ValidString(attributes) {
				invalid = append(invalid, attributes)
			}
		}
	}
	return invalid
}
