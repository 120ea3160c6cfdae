// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package record turns what a scrape learned into metrics. It is the only one that
// makes data points.
package record

import (
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// Recorder turns what a scrape learned into data points. What is unknown gets none: a
// missing point is noticed, a wrong one is believed. One goroutine at a time may use it.
type Recorder struct {
	mb    *metadata.MetricsBuilder
	on    metadata.MetricsConfig
	alias string
	// version is that of the collector.
	version string

	// ts and missing belong to the scrape at hand.
	ts      pcommon.Timestamp
	missing atomic.Int64
}

// New returns a recorder of the metrics that cfg enables. alias becomes the resource
// attribute kafka.cluster.alias, unless it is empty.
func New(
	set receiver.Settings, cfg metadata.MetricsBuilderConfig, alias string, options ...metadata.MetricBuilderOption,
) *Recorder {
	return &Recorder{mb: metadata.NewMetricsBuilder(cfg, set, options...), on: cfg.Metrics, alias: alias, version: set.BuildInfo.Version}
}

// Record returns the metrics of one scrape, and how many data points of enabled
// metrics are missing because their values are unknown.
//
// Making data points is most of the work of a scrape, so several goroutines share
// it. The builder has a buffer for each metric: one metric, one goroutine.
func (r *Recorder) Record(now time.Time, s *cluster.Snapshot, report *lag.Report) (pmetric.Metrics, int) {
	r.ts = pcommon.NewTimestampFromTime(now)
	r.missing.Store(0)
	resource := metadata.WithResource(r.resource(s.ClusterID))
	r.once(s)
	eachRound(s, report, func(next round) {
		r.round(next)
		r.mb.EmitForResource(resource)
	})
	return r.mb.Emit(resource), int(r.missing.Load())
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

// once records what a cluster has only once.
func (r *Recorder) once(s *cluster.Snapshot) {
	if s.Elsewhere {
		return
	}
	r.brokers(s.Brokers)
	r.disks(s)
	r.quorum(s.Quorum)
}

func (r *Recorder) round(next round) {
	var wait sync.WaitGroup
	wait.Go(func() { r.listed(next) })
	wait.Go(func() { r.sums(next.groups) })
	wait.Go(func() { eachPartition(next.groups, r.partitionOffset) })
	wait.Go(func() { eachPartition(next.groups, r.partitionLag) })
	wait.Wait()
}

// listed records topics, groups as they are listed, and groups in ZooKeeper.
func (r *Recorder) listed(next round) {
	for _, t := range next.topics {
		r.topic(t)
	}
	for _, g := range next.listed {
		r.group(g)
	}
	for i := range next.share {
		r.shareGroup(&next.share[i])
	}
	for i := range next.transactions {
		r.openTransactions(&next.transactions[i])
	}
	for i := range next.inZooKeeper {
		r.zookeeperLag(&next.inZooKeeper[i])
	}
}

// sums records the metrics of groups and of their topics.
func (r *Recorder) sums(groups []lag.Group) {
	for i := range groups {
		g := &groups[i]
		if r.known(g.LagMax, r.on.KafkaConsumerGroupLagMax.Enabled) {
			r.mb.RecordKafkaConsumerGroupLagMaxDataPoint(r.ts, int64(g.LagMax), g.Name)
		}
		if r.known(g.LagSum, r.on.KafkaConsumerGroupGroupLagSum.Enabled) {
			r.mb.RecordKafkaConsumerGroupGroupLagSumDataPoint(r.ts, int64(g.LagSum), g.Name)
		}
		if age := g.AgeMax(); age.Known {
			r.mb.RecordKafkaConsumerGroupGroupTimeLagMaxDataPoint(r.ts, age.Seconds(), g.Name)
		}
		if g.Status != lag.StatusUnknown {
			r.mb.RecordKafkaConsumerGroupStatusDataPoint(r.ts, 1, g.Name, statusOf(g.Status))
		}
		for t := range g.Topics {
			r.topicLag(g.Name, &g.Topics[t])
		}
	}
}

// eachPartition calls record for every partition of the groups.
func eachPartition(groups []lag.Group, record func(group, topic string, p lag.Partition)) {
	for _, g := range groups {
		for _, t := range g.Topics {
			for _, p := range t.Partitions {
				record(g.Name, t.Name, p)
			}
		}
	}
}

func (r *Recorder) resource(clusterID string) pcommon.Resource {
	rb := r.mb.NewResourceBuilder()
	if clusterID != "" {
		rb.SetKafkaClusterID(clusterID)
	}
	if r.alias != "" {
		rb.SetKafkaClusterAlias(r.alias)
	}
	return rb.Emit()
}

// known reports whether an offset, a number or a sum can be recorded, and counts it
// as missing where an enabled metric would have shown it.
func (r *Recorder) known(o cluster.Offset, enabled bool) bool {
	if o == cluster.Unknown && enabled {
		r.missing.Add(1)
	}
	return o.Known()
}

func (r *Recorder) brokers(brokers map[int32]cluster.Broker) {
	// A cluster without brokers cannot answer: then their number is unknown.
	if len(brokers) > 0 {
		r.mb.RecordKafkaBrokersDataPoint(r.ts, int64(len(brokers)))
	}
	for _, id := range slices.Sorted(maps.Keys(brokers)) {
		b := brokers[id]
		r.mb.RecordKafkaBrokerInfoDataPoint(r.ts, 1, brokerID(b.ID), b.Address, b.Rack)
	}
}

func (r *Recorder) topic(t *cluster.Topic) {
	partitions := cluster.Offset(len(t.Partitions))
	if t.Unclear {
		partitions = cluster.Unknown
	}
	if r.known(partitions, r.on.KafkaTopicPartitions.Enabled) {
		r.mb.RecordKafkaTopicPartitionsDataPoint(r.ts, int64(partitions), t.Name)
	}
	r.topicConfig(t)
	for i := range t.Partitions {
		r.replication(t.Name, &t.Partitions[i])
		r.logRange(t.Name, &t.Partitions[i])
		r.minInSync(t, &t.Partitions[i])
		r.size(t.Name, &t.Partitions[i])
		r.produceRate(t.Name, &t.Partitions[i])
		r.lastStableGap(t.Name, &t.Partitions[i])
	}
}

func (r *Recorder) replication(topic string, p *cluster.Partition) {
	id, replicas, inSync := int64(p.ID), len(p.Replicas), len(p.InSync)
	online := p.Leader != cluster.NoBroker
	preferred := replicas > 0 && p.Replicas[0] == p.Leader
	if online {
		r.mb.RecordKafkaPartitionLeaderDataPoint(r.ts, int64(p.Leader), topic, id)
	}
	r.mb.RecordKafkaPartitionReplicasDataPoint(r.ts, int64(replicas), topic, id)
	r.mb.RecordKafkaPartitionReplicasInSyncDataPoint(r.ts, int64(inSync), topic, id)
	// Without a leader this is 0, not absent, so that alerts on 0 fire then too.
	r.mb.RecordKafkaPartitionLeaderIsPreferredDataPoint(r.ts, oneIf(preferred), topic, id)
	r.mb.RecordKafkaPartitionUnderReplicatedDataPoint(r.ts, oneIf(p.UnderReplicated()), topic, id)
	r.mb.RecordKafkaPartitionOfflineDataPoint(r.ts, oneIf(!online), topic, id)
	if moves := p.Reassignment; moves != nil {
		r.mb.RecordKafkaPartitionReassigningDataPoint(r.ts, int64(len(moves.Adding)), topic, id, metadata.AttributeChangeAdding)
		r.mb.RecordKafkaPartitionReassigningDataPoint(r.ts, int64(len(moves.Removing)), topic, id, metadata.AttributeChangeRemoving)
	}
}

func (r *Recorder) logRange(topic string, p *cluster.Partition) {
	if r.known(p.End, r.on.KafkaPartitionCurrentOffset.Enabled) {
		r.mb.RecordKafkaPartitionCurrentOffsetDataPoint(r.ts, int64(p.End), topic, int64(p.ID))
	}
	if r.known(p.Start, r.on.KafkaPartitionOldestOffset.Enabled) {
		r.mb.RecordKafkaPartitionOldestOffsetDataPoint(r.ts, int64(p.Start), topic, int64(p.ID))
	}
}

func (r *Recorder) topicLag(group string, t *lag.Topic) {
	if r.known(t.OffsetSum, r.on.KafkaConsumerGroupOffsetSum.Enabled) {
		r.mb.RecordKafkaConsumerGroupOffsetSumDataPoint(r.ts, int64(t.OffsetSum), group, t.Name)
	}
	if r.known(t.LagSum, r.on.KafkaConsumerGroupLagSum.Enabled) {
		r.mb.RecordKafkaConsumerGroupLagSumDataPoint(r.ts, int64(t.LagSum), group, t.Name)
	}
	if r.known(t.Expired, r.on.KafkaConsumerGroupExpired.Enabled) {
		r.mb.RecordKafkaConsumerGroupExpiredDataPoint(r.ts, int64(t.Expired), group, t.Name)
	}
	if t.AgeMax.Known {
		r.mb.RecordKafkaConsumerGroupTimeLagMaxDataPoint(r.ts, t.AgeMax.Seconds(), group, t.Name)
	}
	if t.RetentionMargin.Known {
		r.mb.RecordKafkaConsumerGroupRetentionMarginDataPoint(r.ts, t.RetentionMargin.Seconds(), group, t.Name)
	}
	r.progress(group, t)
}

func (r *Recorder) partitionOffset(group, topic string, p lag.Partition) {
	if r.known(p.Committed, r.on.KafkaConsumerGroupOffset.Enabled) {
		r.mb.RecordKafkaConsumerGroupOffsetDataPoint(r.ts, int64(p.Committed), group, topic, int64(p.ID))
	}
}

func (r *Recorder) partitionLag(group, topic string, p lag.Partition) {
	if r.known(p.Lag, r.on.KafkaConsumerGroupLag.Enabled) {
		r.mb.RecordKafkaConsumerGroupLagDataPoint(r.ts, int64(p.Lag), group, topic, int64(p.ID))
	}
	if p.Age.Known {
		r.mb.RecordKafkaConsumerGroupTimeLagDataPoint(r.ts, p.Age.Seconds(), group, topic, int64(p.ID))
	}
	if p.Status != lag.StatusUnknown {
		r.mb.RecordKafkaConsumerGroupPartitionStatusDataPoint(r.ts, 1, group, topic, int64(p.ID), statusOf(p.Status))
	}
}

// PointsPerPartition is how many data points a group-partition has if everything
// about it is known.
func PointsPerPartition(on metadata.MetricsConfig) int {
	n := 0
	for _, enabled := range []bool{
		on.KafkaConsumerGroupOffset.Enabled, on.KafkaConsumerGroupLag.Enabled,
		on.KafkaConsumerGroupTimeLag.Enabled, on.KafkaConsumerGroupPartitionStatus.Enabled,
	} {
		if enabled {
			n++
		}
	}
	return n
}

func statusOf(s lag.Status) metadata.AttributeStatus { return metadata.MapAttributeStatus[s.String()] }

func brokerID(id int32) string { return strconv.FormatInt(int64(id), 10) }

func oneIf(condition bool) int64 {
	if condition {
		return 1
	}
	return 0
}
