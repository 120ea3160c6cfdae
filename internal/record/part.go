// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Part is what one of several collectors reports.
type Part interface {
	OwnsGroup(name string) bool
	OwnsTopic(name string) bool
	OwnsCluster() bool
}

// KeepOnly removes from recorded metrics what is not of the part. The attributes of a
// data point say what it is about: a group first, or else a topic, or else the cluster.
func KeepOnly(part Part, metrics pmetric.Metrics) {
	for _, rm := range metrics.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				numbersOf(m).RemoveIf(func(p pmetric.NumberDataPoint) bool { return !owns(part, p.Attributes()) })
			}
		}
	}
}

// numbersOf returns the points of a metric, which is a gauge or a sum.
func numbersOf(m pmetric.Metric) pmetric.NumberDataPointSlice {
	if m.Type() == pmetric.MetricTypeSum {
		return m.Sum().DataPoints()
	}
	return m.Gauge().DataPoints()
}

func owns(part Part, attributes pcommon.Map) bool {
	if group, ok := attributes.Get("group"); ok {
		return part.OwnsGroup(group.Str())
	}
	if topic, ok := attributes.Get("topic"); ok {
		return part.OwnsTopic(topic.Str())
	}
	return part.OwnsCluster()
}
