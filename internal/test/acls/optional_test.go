// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package acls

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// optionalCases are logins by user name, which want the metrics that are off by
// default, each without one of the rights that these need.
var optionalCases = map[string]struct {
	acls []acl
	// hidden are the names of metrics that only the super user sees.
	hidden []string
	lines  []string
}{
	"with_configs": {
		acls: []acl{
			describeCluster, describeTopics, describeGroups,
			{kadm.OpDescribeConfigs, "cluster", ""},
			{kadm.OpDescribeConfigs, "topic", "*"},
		},
	},
	"without_configs": {
		acls:   []acl{describeCluster, describeTopics, describeGroups},
		hidden: []string{"kafka.topic.log_retention_period", "kafka.topic.min_insync_replicas", "kafka.partition.under_min_isr", "kafka.broker.log_retention_period"},
		lines: []string{
			"DescribeConfigs TOPIC_AUTHORIZATION_FAILED: an ACL is missing: DescribeConfigs on the topic",
			"DescribeConfigs CLUSTER_AUTHORIZATION_FAILED: an ACL is missing: DescribeConfigs on the cluster",
		},
	},
	"without_disks": {
		acls: []acl{
			describeTopics, describeGroups,
			{kadm.OpDescribeConfigs, "cluster", ""},
			{kadm.OpDescribeConfigs, "topic", "*"},
		},
		hidden: []string{"kafka.partition.size", "kafka.broker.log_dir.size", "kafka.quorum.replica.lag"},
		lines: []string{
			clusterHidden, "DescribeLogDirs CLUSTER_AUTHORIZATION_FAILED: an ACL is missing: Describe on the cluster",
			"DescribeQuorum CLUSTER_AUTHORIZATION_FAILED: an ACL is missing: Describe on the cluster",
		},
	},
}

func seeOptional(t *testing.T, cluster *kafkatest.Cluster) {
	t.Helper()
	enable := func(cfg *receiver.Config) {
		cfg.Metrics.KafkaTopicLogRetentionPeriod.Enabled = true
		cfg.Metrics.KafkaTopicMinInsyncReplicas.Enabled = true
		cfg.Metrics.KafkaPartitionUnderMinIsr.Enabled = true
		cfg.Metrics.KafkaPartitionSize.Enabled = true
		cfg.Metrics.KafkaBrokerLogRetentionPeriod.Enabled = true
		cfg.Metrics.KafkaBrokerLogDirSize.Enabled = true
		cfg.Metrics.KafkaQuorumReplicaLag.Enabled = true
	}
	all := see(t, cluster, login(admin), enable)
	assert.Empty(t, all.lines)
	acls := map[string][]acl{}
	for user, c := range optionalCases {
		acls[user] = c.acls
	}
	grant(t, cluster, acls)
	for user, want := range optionalCases {
		t.Run(user, func(t *testing.T) {
			got := see(t, cluster, login(user), enable)
			assert.Equal(t, slices.Sorted(maps.Keys(without(all.points, want.hidden...))), slices.Sorted(maps.Keys(got.points)))
			for _, metric := range want.hidden {
				assert.True(t, slices.ContainsFunc(slices.Collect(maps.Keys(all.points)), func(point string) bool {
					return strings.HasPrefix(point, metric+" ")
				}), "%s is there to be seen", metric)
			}
			assertLines(t, want.lines, got)
		})
	}
	seeMargins(t, cluster)
}

// seeMargins has logins want what is on by default, and does without where the right
// is missing. The group audit has read all, so that nothing has to be dated.
func seeMargins(t *testing.T, cluster *kafkatest.Cluster) {
	t.Helper()
	const margin = "kafka.consumer_group.retention_margin group=audit topic=orders"
	enable := func(cfg *receiver.Config) { cfg.Metrics.KafkaConsumerGroupRetentionMargin.Enabled = true }
	got := see(t, cluster, login("with_configs"), enable)
	assert.Contains(t, got.points, margin)
	assert.Empty(t, got.lines)

	got = see(t, cluster, login("without_configs"), enable)
	assert.NotContains(t, got.points, margin)
	assertLines(t, []string{settingsHidden}, got)
	assert.Empty(t, got.errors)
}
