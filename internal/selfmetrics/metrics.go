// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package selfmetrics records the receiver's own metrics.
package selfmetrics

import (
	"context"

	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// Metrics records the receiver's own metrics: its [Traffic], and what each scrape
// saw. Every data point names the receiver, so that several in one collector do not
// add up or overwrite each other.
type Metrics struct {
	builder  *metadata.TelemetryBuilder
	receiver attribute.KeyValue
}

// New returns the metrics of the receiver that set names.
func New(set receiver.Settings) (*Metrics, error) {
	builder, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &Metrics{builder: builder, receiver: attribute.String("receiver", set.ID.String())}, nil
}

// by returns the attributes of a measurement, with the receiver among them.
func (m *Metrics) by(attributes ...attribute.KeyValue) metric.MeasurementOption {
	return metric.WithAttributes(append(attributes, m.receiver)...)
}

// Scraped records what a scrape saw. invalidNames is the number of names in the
// snapshot that are not valid UTF-8.
func (m *Metrics) Scraped(ctx context.Context, s *cluster.Snapshot, report *lag.Report, invalidNames int) {
	gauge := func(g metric.Int64Gauge, key string, values map[string]int) {
		for value, n := range values {
			g.Record(ctx, int64(n), m.by(attribute.String(key, value)))
		}
	}
	failedGroups, failedPartitions := failedIn(s.Failures)
	topicsElsewhere, partitionsElsewhere := elsewhere(s)
	gauge(m.builder.KafkalagGroups, "outcome", map[string]int{
		"seen": len(s.Groups), "filtered": s.FilteredGroups, "failed": failedGroups + s.UndecidedGroups,
		"left_out": s.LeftOutGroups,
	})
	gauge(m.builder.KafkalagTopics, "outcome", map[string]int{
		"seen": len(s.Topics) - topicsElsewhere, "filtered": s.FilteredTopics + topicsElsewhere,
	})
	gauge(m.builder.KafkalagPartitions, "outcome", map[string]int{
		"seen": partitionsOf(s) - partitionsElsewhere, "filtered": s.FilteredPartitions + partitionsElsewhere, "failed": failedPartitions,
	})
	gauge(m.builder.KafkalagAnomalies, "kind", map[string]int{
		"committed_beyond_end":     report.Anomalies.BeyondEnd,
		"commit_for_deleted_topic": report.Anomalies.DeletedTopic,
		"group_claimed_twice":      s.ClaimedTwice,
		"partition_without_commit": report.Anomalies.Uncommitted,
		"name_not_utf8":            invalidNames,
		"sum_too_large":            report.Anomalies.SumTooLarge,
		"negative_lag":             report.Anomalies.Impossible,
	})
}

// Coordinated records what the receiver is in its group, and how many consumer groups it
// has asked about.
func (m *Metrics) Coordinated(ctx context.Context, status coordination.Status, groups int) {
	m.builder.KafkalagCoordinationMembers.Record(ctx, int64(status.Members), m.by())
	m.builder.KafkalagCoordinationGeneration.Record(ctx, int64(status.Generation), m.by())
	m.builder.KafkalagCoordinationGroups.Record(ctx, int64(groups), m.by())
	m.builder.KafkalagCoordinationRebalances.Record(ctx, int64(status.Rebalances), m.by())
	m.builder.KafkalagCoordinationSilence.Record(ctx, status.Silence.Seconds(), m.by())
}

// Undated records how many time lags of a scrape are unknown.
func (m *Metrics) Undated(ctx context.Context, partitions int) {
	m.builder.KafkalagTimeLagUndated.Record(ctx, int64(partitions), m.by())
}

// Round counts a round of look-ups.
func (m *Metrics) Round(ctx context.Context, lookups int) {
	m.builder.KafkalagTimeLagRounds.Add(ctx, 1, m.by())
	m.builder.KafkalagTimeLagLookups.Add(ctx, int64(lookups), m.by())
}

// LeftOut records how many data points max_group_partitions left out of a scrape.
func (m *Metrics) LeftOut(ctx context.Context, points int) {
	m.builder.KafkalagPointsLeftOut.Record(ctx, int64(points), m.by())
}

// failedIn counts the groups that are missing or whose commits are, and the
// partitions whose offsets are missing. A group that could not be described either
// counts once.
func failedIn(failures []cluster.Failure) (groups, partitions int) {
	for _, f := range failures {
		switch f.API {
		case "OffsetFetch", "DescribeShareGroupOffsets", "ListGroups":
			groups += f.Groups
		}
		partitions += f.Partitions
	}
	return groups, partitions
}

// elsewhere counts the topics, and their partitions, that another collector reports.
func elsewhere(s *cluster.Snapshot) (topics, partitions int) {
	for _, topic := range s.Topics {
		if topic.Elsewhere {
			topics++
			partitions += len(topic.Partitions)
		}
	}
	return topics, partitions
}

func partitionsOf(s *cluster.Snapshot) int {
	n := 0
	for _, topic := range s.Topics {
		n += len(topic.Partitions)
	}
	return n
}

// Shutdown unregisters the metrics.
func (m *Metrics) Shutdown() { m.builder.Shutdown() }
