// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"hash"
	"hash/fnv"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// digest sums up which points there are, and the values of those that count something:
// times go on. The digests of parts add up to that of the whole.
func digest(metrics pmetric.Metrics) (sum uint64) {
	for _, resource := range metrics.ResourceMetrics().All() {
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				for _, point := range pointsOf(metric).All() {
					sum += digestOf(metric.Name(), point)
				}
			}
		}
	}
	return sum
}

func pointsOf(metric pmetric.Metric) pmetric.NumberDataPointSlice {
	if metric.Type() == pmetric.MetricTypeSum {
		return metric.Sum().DataPoints()
	}
	return metric.Gauge().DataPoints()
}

func digestOf(metric string, point pmetric.NumberDataPoint) uint64 {
	h := fnv.New64a()
	write(h, metric)
	for name, value := range point.Attributes().All() {
		write(h, name)
		write(h, value.AsString())
	}
	if point.ValueType() == pmetric.NumberDataPointValueTypeInt {
		_ = binary.Write(h, binary.LittleEndian, point.IntValue()) // never fails
	}
	return h.Sum64()
}

// write adds a text and its end.
func write(h hash.Hash, text string) { _, _ = h.Write(append([]byte(text), 0)) } // never fails
