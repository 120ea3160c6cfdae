// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination/sharing"
	"github.com/kafkalag/kafkalagreceiver/receiver/probe/internal/metadata"
)

// reporter hands what the prober knows to the collector.
type reporter struct {
	prober   *prober
	recorder *recorder
}

func (r *reporter) start(_ context.Context, host component.Host) error {
	return r.prober.start(host)
}

func (r *reporter) shutdown(context.Context) error {
	r.prober.shutdown()
	return nil
}

// report never fails: what cannot be learned is absent, or a broker that is not available.
func (r *reporter) report(context.Context) (pmetric.Metrics, error) {
	now := r.prober.now()
	return r.recorder.record(now, r.prober.view(now)), nil
}

// newExit returns a consumer that passes metrics on to next while this collector probes.
func newExit(next consumer.Metrics, r *reporter) *sharing.Exit {
	return sharing.NewExit(r.prober.done, next, r.prober.remaining, r.keep)
}

// keep returns a report if this collector still probes, and what says that it does not.
func (r *reporter) keep(report pmetric.Metrics) (kept, nothing pmetric.Metrics) {
	nothing = r.recorder.nothing(r.prober.clusterID())
	if !r.prober.isMine() {
		return nothing, nothing
	}
	return report, nothing
}

// recorder turns statuses into data points.
type recorder struct {
	mb      *metadata.MetricsBuilder
	alias   string
	version string
}

func newRecorder(set receiver.Settings, cfg *Config) *recorder {
	return &recorder{mb: metadata.NewMetricsBuilder(cfg.MetricsBuilderConfig, set), alias: cfg.ClusterAlias, version: set.BuildInfo.Version}
}

func (r *recorder) record(now time.Time, v view) pmetric.Metrics {
	r.mb.Reset(metadata.WithStartTime(pcommon.NewTimestampFromTime(v.since)))
	ts := pcommon.NewTimestampFromTime(now)
	for broker, s := range v.brokers {
		r.broker(ts, strconv.Itoa(int(broker)), s)
	}
	for broker, took := range v.commits {
		r.mb.RecordKafkaProbeCommitDurationDataPoint(ts, took.fill, strconv.Itoa(int(broker)))
	}
	return r.mb.Emit(metadata.WithResource(r.resource(v.cluster)))
}

// nothing returns the metrics of a cluster that another collector probes: they name it,
// which tells exporters that what came before is over.
func (r *recorder) nothing(clusterID string) pmetric.Metrics {
	metrics := pmetric.NewMetrics()
	rm := metrics.ResourceMetrics().AppendEmpty()
	r.resource(clusterID).MoveTo(rm.Resource())
	scope := rm.ScopeMetrics().AppendEmpty().Scope()
	scope.SetName(metadata.ScopeName)
	scope.SetVersion(r.version)
	return metrics
}

func (r *recorder) broker(ts pcommon.Timestamp, broker string, s status) {
	if s.known {
		var available int64
		if s.available {
			available = 1
		}
		r.mb.RecordKafkaProbeAvailableDataPoint(ts, available, broker)
	}
	r.mb.RecordKafkaProbeInFlightDataPoint(ts, int64(s.inFlight), broker)
	for _, outcome := range outcomes {
		r.mb.RecordKafkaProbeMessagesDataPoint(ts, s.messages[outcome], broker, outcome)
	}
	r.mb.RecordKafkaProbeProduceDurationDataPoint(ts, s.produce.fill, broker)
	r.mb.RecordKafkaProbeRoundtripDurationDataPoint(ts, s.roundtrip.fill, broker)
}

func (r *recorder) resource(clusterID string) pcommon.Resource {
	rb := r.mb.NewResourceBuilder()
	if clusterID != "" {
		rb.SetKafkaClusterID(clusterID)
	}
	if r.alias != "" {
		rb.SetKafkaClusterAlias(r.alias)
	}
	return rb.Emit()
}

// fill writes the histogram into a data point.
func (h histogram) fill(point pmetric.HistogramDataPoint) {
	point.ExplicitBounds().FromRaw(bounds)
	point.BucketCounts().FromRaw(h.buckets[:])
	point.SetCount(h.count)
	point.SetSum(h.sum)
}
