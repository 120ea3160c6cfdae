// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"

	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// telemetry keeps the receiver's own metrics: its [traffic], and what each scrape
// saw. Each names the receiver, so that several in one collector do not add up
// or overwrite each other.
type telemetry struct {
	builder  *metadata.TelemetryBuilder
	receiver attribute.KeyValue
}

func newTelemetry(set receiver.Settings) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &telemetry{builder: builder, receiver: attribute.String("receiver", set.ID.String())}, nil
}

// by attributes a measurement.
func (t *telemetry) by(attributes ...attribute.KeyValue) metric.MeasurementOption {
	return metric.WithAttributes(append(attributes, t.receiver)...)
}

// scraped tells what a scrape saw.
func (t *telemetry) scraped(ctx context.Context, s *cluster.Snapshot, report *lag.Report, names *oddNames) {
	gauge := func(g metric.Int64Gauge, key string, values map[string]int) {
		for value, n := range values {
			g.Record(ctx, int64(n), t.by(attribute.String(key, value)))
		}
	}
	failedGroups, failedPartitions := failedIn(s.Failures)
	gauge(t.builder.KafkalagGroups, "outcome", map[string]int{
		"seen": len(s.Groups), "filtered": s.FilteredGroups, "failed": failedGroups + s.UndecidedGroups,
	})
	gauge(t.builder.KafkalagTopics, "outcome", map[string]int{
		"seen": len(s.Topics), "filtered": s.FilteredTopics,
	})
	gauge(t.builder.KafkalagPartitions, "outcome", map[string]int{
		"seen": partitionsOf(s), "filtered": s.FilteredPartitions, "failed": failedPartitions,
	})
	gauge(t.builder.KafkalagAnomalies, "kind", map[string]int{
		"committed_beyond_end":     report.Anomalies.BeyondEnd,
		"commit_for_deleted_topic": report.Anomalies.DeletedTopic,
		"group_claimed_twice":      s.ClaimedTwice,
		"partition_without_commit": report.Anomalies.Uncommitted,
		"name_not_utf8":            names.count(),
		"sum_too_large":            report.Anomalies.SumTooLarge,
	})
}

// Undated counts how many time lags a scrape could not tell.
func (t *telemetry) Undated(ctx context.Context, partitions int) {
	t.builder.KafkalagTimeLagUndated.Record(ctx, int64(partitions), t.by())
}

// Round counts a round of look-ups.
func (t *telemetry) Round(ctx context.Context, lookups int) {
	t.builder.KafkalagTimeLagRounds.Add(ctx, 1, t.by())
	t.builder.KafkalagTimeLagLookups.Add(ctx, int64(lookups), t.by())
}

// leftOut tells how many data points max_group_partitions cost.
func (t *telemetry) leftOut(ctx context.Context, points int) {
	t.builder.KafkalagPointsLeftOut.Record(ctx, int64(points), t.by())
}

// failedIn counts the groups that are missing or whose commits and the partitions whose offsets are
// missing. A group that could not be described as well counts once.
func failedIn(failures []cluster.Failure) (groups, partitions int) {
	for _, f := range failures {
		if f.API == "OffsetFetch" || f.API == "ListGroups" {
			groups += f.Groups
		}
		partitions += f.Partitions
	}
	return groups, partitions
}

func partitionsOf(s *cluster.Snapshot) int {
	n := 0
	for _, topic := range s.Topics {
		n += len(topic.Partitions)
	}
	return n
}

// shutdown ends the metrics.
func (t *telemetry) shutdown() { t.builder.Shutdown() }
