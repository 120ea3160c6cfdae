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
	return pointsOf(metrics, pmetric.NumberDataPoint.IntValue)
}

// Doubles maps the same names and attributes to numbers that need not be whole.
func Doubles(metrics pmetric.Metrics) map[string]map[string]float64 {
	return pointsOf(metrics, pmetric.NumberDataPoint.DoubleValue)
}

func pointsOf[V any](metrics pmetric.Metrics, value func(pmetric.NumberDataPoint) V) map[string]map[string]V {
	got := map[string]map[string]V{}
	for _, resource := range metrics.ResourceMetrics().All() {
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				if got[metric.Name()] == nil {
					got[metric.Name()] = map[string]V{}
				}
				maps.Copy(got[metric.Name()], pointsByAttributes(metric, value))
			}
		}
	}
	return got
}

func pointsByAttributes[V any](metric pmetric.Metric, valueOf func(pmetric.NumberDataPoint) V) map[string]V {
	var points pmetric.NumberDataPointSlice
	switch metric.Type() {
	case pmetric.MetricTypeSum:
		points = metric.Sum().DataPoints()
	case pmetric.MetricTypeGauge:
		points = metric.Gauge().DataPoints()
	default: // whose points are no numbers
		points = pmetric.NewNumberDataPointSlice()
	}
	got := map[string]V{}
	for _, point := range points.All() {
		key := ""
		for name, value := range point.Attributes().All() {
			if key != "" {
				key += " "
			}
			key += name + "=" + value.AsString()
		}
		got[key] = valueOf(point)
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
