// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// onePart owns what it names.
type onePart struct {
	group, topic string
	cluster      bool
}

func (p onePart) OwnsGroup(name string) bool { return name == p.group }
func (p onePart) OwnsTopic(name string) bool { return name == p.topic }
func (p onePart) OwnsCluster() bool          { return p.cluster }

// shared is a scrape of two groups and two topics.
func shared() *cluster.Snapshot {
	s := &cluster.Snapshot{
		ClusterID: "c",
		Brokers:   map[int32]cluster.Broker{1: {ID: 1, Address: "b:9092"}},
		Topics:    map[string]*cluster.Topic{},
		Groups:    map[string]*cluster.Group{},
	}
	for _, name := range []string{"a", "b"} {
		s.Topics[name] = &cluster.Topic{Name: name, Partitions: []cluster.Partition{{Leader: 1, Replicas: []int32{1}, InSync: []int32{1}, Start: 1, End: 9}}}
		s.Groups[name] = &cluster.Group{Name: name, CommitsKnown: true, Described: true, Members: 2, Commits: []cluster.TopicCommits{
			{Topic: "a", Partitions: []cluster.Commit{{Offset: 2}}}, {Topic: "b", Partitions: []cluster.Commit{{Offset: 3}}},
		}}
	}
	return s
}

func newSharedRecorder() *Recorder {
	cfg := metadata.NewDefaultMetricsBuilderConfig()
	metrictest.EnableAll(&cfg.Metrics)
	return New(receivertest.NewNopSettings(metadata.Type), cfg, "alias")
}

// Metrics are about a group first, or else about a topic, or else about the cluster.
func TestKeepOnly(t *testing.T) {
	for _, part := range []onePart{{group: "a"}, {topic: "b"}, {cluster: true}, {group: "b", topic: "a"}} {
		metrics, _ := newSharedRecorder().Record(time.Now(), shared(), lag.Compute(shared()))
		whole := metrictest.Points(metrics)
		KeepOnly(part, metrics)
		kept := 0
		for metric, points := range metrictest.Points(metrics) {
			for attributes := range points {
				kept++
				assert.Contains(t, whole[metric], attributes)
			}
		}
		assert.Positive(t, kept)
		points := metrictest.Points(metrics)
		assert.Equal(t, part.cluster, len(points["kafka.brokers"]) > 0)
		assert.Equal(t, part.topic != "", len(points["kafka.topic.partitions"]) == 1)
		assert.Equal(t, part.group != "", len(points["kafka.consumer_group.members"]) == 1)
		if part.group != "" {
			assert.Len(t, points["kafka.consumer_group.lag"], 2, "in both topics")
		}
	}
}

// What another collector reports is in a snapshot for the groups of this one alone.
func TestElsewhereIsNotRecorded(t *testing.T) {
	s := shared()
	s.Elsewhere, s.Topics["a"].Elsewhere = true, true
	delete(s.Groups, "b")
	metrics, _ := newSharedRecorder().Record(time.Now(), s, lag.Compute(s))
	elsewhere := metrictest.Points(metrics)

	whole, _ := newSharedRecorder().Record(time.Now(), shared(), lag.Compute(shared()))
	KeepOnly(onePart{group: "a", topic: "b"}, whole)
	kept := metrictest.Points(whole)
	for metric, points := range kept {
		if len(points) == 0 {
			delete(kept, metric)
		}
	}
	assert.Equal(t, kept, elsewhere)
}

func TestNothing(t *testing.T) {
	metrics := newSharedRecorder().Nothing("c\xff")
	require.Equal(t, 1, metrics.ResourceMetrics().Len())
	assert.Equal(t, map[string]any{"kafka.cluster.id": "c\ufffd", "kafka.cluster.alias": "alias"}, metrics.ResourceMetrics().At(0).Resource().Attributes().AsRaw())
	recorded, _ := newSharedRecorder().Record(time.Now(), shared(), lag.Compute(shared()))
	assert.Equal(t, recorded.ResourceMetrics().At(0).ScopeMetrics().At(0).Scope().Name(), metrics.ResourceMetrics().At(0).ScopeMetrics().At(0).Scope().Name())
	assert.Zero(t, metrics.DataPointCount())
}
