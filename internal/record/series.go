// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// Series records, and returns how many data points each metric gets.
func (r *Recorder) Series(s *cluster.Snapshot, report *lag.Report) map[string]int {
	metrics, _ := r.Record(time.Time{}, s, report)
	series := map[string]int{}
	for _, resource := range metrics.ResourceMetrics().All() {
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				series[metric.Name()] += pointsOf(metric)
			}
		}
	}
	return series
}

// pointsOf counts the data points of a metric, which is a gauge or a sum.
func pointsOf(metric pmetric.Metric) int {
	if metric.Type() == pmetric.MetricTypeSum {
		return metric.Sum().DataPoints().Len()
	}
	return metric.Gauge().DataPoints().Len()
}
