// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// deletionAlone asks when records are deleted that groups may not have read.
func deletionAlone() Request {
	return Request{Topic: anything, Group: anything, Commits: true, Deletion: true}
}

// twoTopics has a group that has committed in read, and nobody in unread.
func twoTopics(t *testing.T) *kafkatest.Fake {
	t.Helper()
	fake := kafkatest.StartFake(t, 1)
	fake.CreateTopic(t, "read", 1, 1, map[string]string{"retention.ms": "60000", cleanupPolicy: "compact,delete"})
	fake.CreateTopic(t, "compacted", 1, 1, map[string]string{cleanupPolicy: "compact"})
	fake.CreateTopic(t, "unread", 1, 1, nil)
	fake.Commit(t, "g", map[string]map[int32]int64{"read": {0: 0}, "compacted": {0: 0}})
	return fake
}

func TestDeletion(t *testing.T) {
	fake := twoTopics(t)
	client := newTestClient(t, fake.Brokers()...)
	fake.ResetRequests()
	for range 3 {
		s := snapshot(t, client, deletionAlone())
		require.NotNil(t, s.Topics["read"].Config)
		assert.Equal(t, cluster.TopicConfig{Deletes: new(true), RetentionTime: new(int64(60000))}, *s.Topics["read"].Config)
		assert.Equal(t, new(false), s.Topics["compacted"].Config.Deletes)
		assert.Nil(t, s.Topics["unread"].Config, "nobody reads it")
	}
	assert.Equal(t, 1, fake.Requests()["DescribeConfigs"], "then from memory")
}

// Share groups have no margin, so that nothing is asked of topics that they alone use.
func TestDeletionWithoutShareGroups(t *testing.T) {
	commits := func(topic string) []cluster.TopicCommits {
		return []cluster.TopicCommits{{Topic: topic, Partitions: []cluster.Commit{{Offset: 7}}}}
	}
	s := &scrape{snapshot: &cluster.Snapshot{
		Topics: map[string]*cluster.Topic{"read": {Name: "read"}, "shared": {Name: "shared"}},
		Groups: map[string]*cluster.Group{
			"g":       {Name: "g", Commits: commits("read")},
			"workers": {Name: "workers", Type: cluster.TypeShare, Commits: commits("shared")},
		},
	}}
	assert.Equal(t, []*cluster.Topic{s.snapshot.Topics["read"]}, s.committedTopics())
}

// A login without the right to settings is logged once, and nothing fails.
func TestDeletionRefused(t *testing.T) {
	fake := twoTopics(t)
	core, lines := observer.New(zapcore.InfoLevel)
	counts := kafkatest.NewTally()
	client := newClientOf(t, testConfig(fake.Brokers()...), counts)
	client.log = zap.New(core)
	fault := fake.Fail(kmsg.DescribeConfigs, kafkatest.AnyBroker, kerr.TopicAuthorizationFailed, -1)
	defer fault.Remove()
	for range 3 {
		s := snapshot(t, client, deletionAlone())
		assert.Empty(t, s.Failures)
		assert.Nil(t, s.Topics["read"].Config)
	}
	require.Equal(t, 1, lines.Len())
	assert.Equal(t, zapcore.InfoLevel, lines.All()[0].Level)
	assert.Contains(t, lines.All()[0].Message, "may not read the settings of topics")
	assert.Equal(t, map[string]any{"remedy": "allow DescribeConfigs on the topics", "topics": int64(2), "first": "compacted"},
		lines.All()[0].ContextMap())
	assert.Empty(t, counts.Failures)
}

// What is off by default says that it needs the right.
func TestDeletionRefusedWithSettingsThatAreWanted(t *testing.T) {
	fake := twoTopics(t)
	client := newTestClient(t, fake.Brokers()...)
	fault := fake.Fail(kmsg.DescribeConfigs, kafkatest.AnyBroker, kerr.TopicAuthorizationFailed, -1)
	defer fault.Remove()
	ask := deletionAlone()
	ask.TopicRetention = true
	assert.Len(t, snapshot(t, client, ask).Failures, 1)
}

func TestDeletionKeys(t *testing.T) {
	keys := func(q Request) []string { return q.resource(configResource{topic: "t"}).ConfigNames }
	assert.Equal(t, []string{"cleanup.policy", "retention.ms"}, keys(Request{Deletion: true}))
	assert.Equal(t, []string{"cleanup.policy", "retention.ms", "retention.bytes"}, keys(Request{Deletion: true, TopicRetention: true}))
	assert.Equal(t, []string{"cleanup.policy", "retention.ms", "retention.bytes", "remote.storage.enable"}, keys(Request{Deletion: true, DeletionBySize: true}))
}

// Sizes are asked for as rarely as settings, and only while a topic in which a group
// has committed is limited in size.
func TestDeletionBySize(t *testing.T) {
	for name, tt := range map[string]struct {
		settings map[string]string
		asked    int
	}{
		"limited in size":    {map[string]string{retentionSize: "1000"}, 1},
		"without a limit":    {map[string]string{retentionSize: "-1"}, 0},
		"only compacted":     {map[string]string{retentionSize: "1000", cleanupPolicy: "compact"}, 0},
		"on remote storage":  {map[string]string{retentionSize: "1000", remoteStorage: "true"}, 0},
		"not remote storage": {map[string]string{retentionSize: "1000", remoteStorage: "false"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			fake := kafkatest.StartFake(t, 1)
			fake.CreateTopic(t, "t", 1, 1, tt.settings)
			fake.CreateTopic(t, "unread", 1, 1, map[string]string{retentionSize: "1000"})
			fake.Produce(t, "t", 0, 10)
			fake.Commit(t, "g", map[string]map[int32]int64{"t": {0: 4}})
			client := newTestClient(t, fake.Brokers()...)
			ask := deletionAlone()
			ask.DeletionBySize = true
			fake.ResetRequests()
			for scrape := range 3 {
				s := snapshot(t, client, ask)
				assert.Empty(t, s.Failures)
				assert.Equal(t, scrape == 0 && tt.asked > 0, s.Topics["t"].Partitions[0].SizeKnown)
			}
			assert.Equal(t, tt.asked, fake.Requests()["DescribeLogDirs"])
			clear(client.memory.sizedAt)
			snapshot(t, client, ask)
			assert.Equal(t, 2*tt.asked, fake.Requests()["DescribeLogDirs"])
		})
	}
}

// A broker that has not returned sizes is asked in each scrape.
func TestDeletionBySizeRefused(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	fake.CreateTopic(t, "t", 1, 1, map[string]string{retentionSize: "1000"})
	fake.Commit(t, "g", map[string]map[int32]int64{"t": {0: 0}})
	client := newTestClient(t, fake.Brokers()...)
	ask := deletionAlone()
	ask.DeletionBySize = true
	fault := fake.Fail(kmsg.DescribeLogDirs, kafkatest.AnyBroker, kerr.ClusterAuthorizationFailed, -1)
	for range 2 {
		s := snapshot(t, client, ask)
		require.Len(t, s.Failures, 1)
		assert.Equal(t, "CLUSTER_AUTHORIZATION_FAILED", s.Failures[0].Code)
	}
	fault.Remove()
	assert.True(t, snapshot(t, client, ask).Topics["t"].Partitions[0].SizeKnown)
}

func TestDeletes(t *testing.T) {
	assert.Equal(t, new(true), deletes(map[string]string{cleanupPolicy: "delete"}))
	assert.Equal(t, new(true), deletes(map[string]string{cleanupPolicy: "compact,delete"}))
	assert.Equal(t, new(false), deletes(map[string]string{cleanupPolicy: "compact"}))
	assert.Equal(t, new(false), deletes(map[string]string{cleanupPolicy: ""}))
	assert.Nil(t, deletes(nil))
}
