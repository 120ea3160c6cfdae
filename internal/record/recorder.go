// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package record turns what a scrape learned into metrics. It is the only one that
// makes data points.
package record

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/parallel"
)

// Recorder turns what a scrape learned into data points. What is unknown gets none: a
// missing point is noticed, a wrong one is believed. One goroutine at a time may use it.
type Recorder struct {
	workers []*worker
	alias   string
	// version is that of the collector.
	version string
}

// New returns a recorder of the metrics that cfg enables. alias becomes the resource
// attribute kafka.cluster.alias, unless it is empty.
func New(
	set receiver.Settings, cfg metadata.MetricsBuilderConfig, alias string, options ...metadata.MetricBuilderOption,
) *Recorder {
	// All points begin at the same time, whichever worker makes them.
	options = append([]metadata.MetricBuilderOption{metadata.WithStartTime(pcommon.NewTimestampFromTime(time.Now()))}, options...)
	r := &Recorder{alias: alias, version: set.BuildInfo.Version}
	for range parallel.Workers() {
		r.workers = append(r.workers, &worker{mb: metadata.NewMetricsBuilder(cfg, set, options...), on: cfg.Metrics})
	}
	return r
}

// Record returns the metrics of one scrape, and how many data points of enabled
// metrics are missing because their values are unknown.
//
// Making data points is most of the work of a scrape, so several goroutines share
// it, a round at a time. Which of them recorded a round does not show.
func (r *Recorder) Record(now time.Time, s *cluster.Snapshot, report *lag.Report) (pmetric.Metrics, int) {
	rounds := roundsOf(s, report)
	recorded := make([]pmetric.Metrics, len(rounds))
	resource := metadata.WithResource(r.resource(s.ClusterID))
	for _, w := range r.workers {
		w.ts, w.missing = pcommon.NewTimestampFromTime(now), 0
	}
	parallel.Each(len(r.workers), len(rounds), func(worker, job int) {
		w := r.workers[worker]
		w.record(&rounds[job])
		recorded[job] = w.mb.Emit(resource)
	})
	return joined(recorded), r.missing()
}

// Nothing returns the metrics of a scrape of which all is reported elsewhere: those that
// name the cluster alone. They tell exporters that what came before is over.
func (r *Recorder) Nothing(clusterID string) pmetric.Metrics {
	metrics := pmetric.NewMetrics()
	rm := metrics.ResourceMetrics().AppendEmpty()
	r.resource(valid(clusterID)).MoveTo(rm.Resource())
	scope := rm.ScopeMetrics().AppendEmpty().Scope()
	scope.SetName(metadata.ScopeName)
	scope.SetVersion(r.version)
	return metrics
}

func (r *Recorder) resource(clusterID string) pcommon.Resource {
	rb := r.workers[0].mb.NewResourceBuilder()
	if clusterID != "" {
		rb.SetKafkaClusterID(clusterID)
	}
	if r.alias != "" {
		rb.SetKafkaClusterAlias(r.alias)
	}
	return rb.Emit()
}

// joined returns the resources of all, in that order.
func joined(all []pmetric.Metrics) pmetric.Metrics {
	metrics := pmetric.NewMetrics()
	metrics.ResourceMetrics().EnsureCapacity(len(all))
	for _, one := range all {
		one.ResourceMetrics().MoveAndAppendTo(metrics.ResourceMetrics())
	}
	return metrics
}

func (r *Recorder) missing() int {
	sum := 0
	for _, w := range r.workers {
		sum += w.missing
	}
	return sum
}
