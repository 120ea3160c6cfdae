// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// notInScrapes has the metrics that two scrapes of Kafka need not give.
var notInScrapes = map[string]string{
	"kafka.consumer_group.group_time_lag_max": "found between the scrapes",
	"kafka.consumer_group.time_lag":           "found between the scrapes",
	"kafka.consumer_group.time_lag_max":       "found between the scrapes",
	"kafka.partition.open_transaction_age":    "found between the scrapes",
	"kafka.consumer_group.zookeeper.lag":      "read from ZooKeeper",
	"kafka.consumer_group.zookeeper.offset":   "read from ZooKeeper",
}

// newGroupsAsked is the metrics of share and streams groups, which the brokers in the
// process do not have, and what is asked for each.
var newGroupsAsked = map[string]snapshot.Request{
	"kafka.share_group.lag":          {Share: true},
	"kafka.share_group.lag_sum":      {Share: true},
	"kafka.share_group.lag_max":      {Share: true},
	"kafka.share_group.start_offset": {Share: true},
	"kafka.share_group.members":      {DescribeShare: true},
	"kafka.share_group.stalled_time": {Share: true},
	"kafka.share_group.time_lag":     {Share: true, Ends: snapshot.WhereCommitted, Starts: snapshot.WhereCommitted},
	"kafka.share_group.time_lag_max": {Share: true, Ends: snapshot.WhereCommitted, Starts: snapshot.WhereCommitted},
	"kafka.streams_group.epoch":      {DescribeStreams: true},
	"kafka.streams_group.members":    {DescribeStreams: true},
	"kafka.streams_group.tasks":      {DescribeStreams: true},
}

func TestNewGroupMetricAlone(t *testing.T) {
	for i, metric := range metricsOf(&metadata.MetricsConfig{}) {
		want, ofNewGroups := newGroupsAsked[metric.name]
		if !ofNewGroups {
			continue
		}
		t.Run(metric.name, func(t *testing.T) {
			cfg := newConfig()
			cfg.Metrics = metadata.MetricsConfig{}
			metricsOf(&cfg.Metrics)[i].enabled.SetBool(true)
			got := snapshotRequest(cfg)
			assert.NotNil(t, got.Group)
			got.Topic, got.Group = nil, nil
			assert.Equal(t, want, got)
		})
	}
}

// A metric that is enabled alone has its requests sent. A rate takes two scrapes; the
// group that has read all of a topic needs no trend, nor to have a record dated.
func TestEachMetricAlone(t *testing.T) {
	fake := seeded(t)
	fake.CreateTopic(t, "limited", 1, 1, map[string]string{
		"cleanup.policy": "delete", "retention.ms": "60000", "retention.bytes": "1000", "min.insync.replicas": "2",
	})
	fake.Commit(t, "done", map[string]map[int32]int64{"limited": {0: 0}})
	fake.Join(t, "joined", "orders")
	fake.JoinConsumer(t, "modern", "orders")
	fake.AddReplica("limited", 0, 0, 1)
	fake.Offer(kmsg.DescribeQuorum, 2, quorumOfOne)
	for i, metric := range metricsOf(&metadata.MetricsConfig{}) {
		if _, ofNewGroups := newGroupsAsked[metric.name]; ofNewGroups || notInScrapes[metric.name] != "" {
			continue
		}
		t.Run(metric.name, func(t *testing.T) {
			cfg := fakeConfig(fake)
			cfg.Metrics = metadata.MetricsConfig{}
			metricsOf(&cfg.Metrics)[i].enabled.SetBool(true)
			cfg.CollectionInterval = 50 * time.Millisecond
			assert.NotEmpty(t, metrictest.Points(scrapeTwice(t, cfg, zap.NewNop()))[metric.name])
		})
	}
}

// quorumOfOne is what a controller without others says of itself.
func quorumOfOne() kmsg.Response {
	answer := kmsg.NewPtrDescribeQuorumResponse()
	log := kmsg.NewDescribeQuorumResponseTopicPartition()
	log.LeaderID, log.CurrentVoters = 1, []kmsg.DescribeQuorumResponseTopicPartitionReplicaState{{ReplicaID: 1}}
	answer.Topics = []kmsg.DescribeQuorumResponseTopic{{
		Topic: "__cluster_metadata", Partitions: []kmsg.DescribeQuorumResponseTopicPartition{log},
	}}
	return answer
}

type metricSwitch struct {
	name    string
	enabled reflect.Value
}

func metricsOf(config *metadata.MetricsConfig) []metricSwitch {
	var all []metricSwitch
	for field, value := range reflect.ValueOf(config).Elem().Fields() {
		all = append(all, metricSwitch{field.Tag.Get("mapstructure"), value.FieldByName("Enabled")})
	}
	return all
}
