// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Each kind of group that Kafka has, with and without members.
func TestIntegrationGroupTypes(t *testing.T) {
	kafka := kafkatest.Shared(t, kafkatest.Options{})
	kafka.CreateTopic(t, "typed", 2, 1, nil)
	kafka.ProduceEach(t, "typed", 10, 20)
	commit := map[string]map[int32]int64{"typed": {0: 4, 1: 20}}
	for _, group := range []string{"classic", "consumer", "classic-idle"} {
		kafka.Commit(t, "types-"+group, commit)
	}
	kafka.Join(t, "types-classic", "typed")
	kafka.JoinConsumer(t, "types-consumer", "typed")
	kafka.JoinShare(t, "types-share", "typed")
	kafka.JoinStreams(t, "types-streams", "typed")
	kafka.JoinStreams(t, "types-streams-idle", "typed")
	kafka.LeaveStreams(t, "types-streams-idle")
	kafka.Commit(t, "types-streams-idle", commit)

	client := newTestClient(t, kafka.Brokers()...)
	ask := everything()
	ask.Assignments = true
	ask.Topic = func(name string) bool { return name == "typed" }
	ask.Group = func(name string) bool { return len(name) > 6 && name[:6] == "types-" }
	for range 2 {
		s := snapshot(t, client, ask)
		require.Empty(t, s.Failures)
		assigned := []cluster.Assignment{{Topic: "typed", Members: 1, Partitions: []int32{0, 1}}}
		committed := []cluster.TopicCommits{{Topic: "typed", Partitions: []cluster.Commit{{Partition: 0, Offset: 4}, {Partition: 1, Offset: 20}}}}
		for name, want := range map[string]cluster.Group{
			"classic":      {State: "Stable", Type: "classic", Protocol: "range", Members: 1, Described: true, Assigned: assigned, CommitsKnown: true, Commits: committed},
			"consumer":     {State: "Stable", Type: "consumer", Protocol: "range", Members: 1, Described: true, Assigned: assigned, CommitsKnown: true, Commits: committed},
			"classic-idle": {State: "Empty", Type: "classic", Described: true, CommitsKnown: true, Commits: committed},
			"streams-idle": {State: "Empty", Type: "streams", Described: true, CommitsKnown: true, Commits: committed},
			"streams":      {State: s.Groups["types-streams"].State, Type: "streams", Members: 1, Described: true, CommitsKnown: true},
			"share":        {State: "Stable", Type: "share", Members: 1, Described: true, CommitsKnown: true},
		} {
			got := s.Groups["types-"+name]
			require.NotNil(t, got, name)
			want.Name, want.Coordinator, want.AssignedKnown = got.Name, 1, want.Described && want.Type != "share"
			assert.Equal(t, got.Type == "consumer" || got.Type == "streams", got.EpochKnown)
			want.Rebalancing, want.Epoch, want.EpochKnown = got.Rebalancing, got.Epoch, got.EpochKnown
			if len(got.Commits) == 0 {
				got.Commits = nil
			}
			if len(got.Assigned) == 0 {
				got.Assigned = nil
			}
			assert.Equal(t, want, *got, name)
		}
		assert.Len(t, s.Groups, 6)
	}
}

// Of a group that is deleted its coordinator says so, whatever type it had: there
// is no second look.
func TestIntegrationDeletedGroups(t *testing.T) {
	kafka := kafkatest.Shared(t, kafkatest.Options{})
	kafka.CreateTopic(t, "left", 1, 1, nil)
	kafka.JoinStreams(t, "deleted-streams", "left")
	kafka.LeaveStreams(t, "deleted-streams")
	for _, group := range []string{"deleted-streams", "deleted-classic"} {
		kafka.Commit(t, group, map[string]map[int32]int64{"left": {0: 0}})
	}
	requests := kafkatest.NewTally()
	client, err := New(kafkaconfig.Config{Brokers: kafka.Brokers(), ClientID: "test", DialTimeout: 3 * time.Second, RequestTimeout: 5 * time.Second},
		zap.NewNop(), requests, nil)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	ask := everything()
	ask.Topic = func(name string) bool { return name == "left" }
	ask.Group = func(name string) bool { return strings.HasPrefix(name, "deleted-") }
	require.Len(t, snapshot(t, client, ask).Groups, 2)

	for _, group := range []string{"deleted-streams", "deleted-classic"} {
		kafka.DeleteGroup(t, group)
	}
	clear(requests.Requests)
	s := snapshot(t, client, ask)
	assert.Empty(t, s.Groups)
	assert.Empty(t, s.Failures)
	assert.Equal(t, map[string]int{broker.APIMetadata: 1, broker.APIListGroups: 2, broker.APIDescribeGroups: 1, broker.APIListOffsets: 2}, requests.Requests)
}

// A transaction that is left open ends the partition for those who read only
// what is committed.
func TestIntegrationIsolation(t *testing.T) {
	kafka := kafkatest.Shared(t, kafkatest.Options{})
	kafka.CreateTopic(t, "isolated", 1, 1, nil)
	kafka.ProduceEach(t, "isolated", 5)
	kafka.ProduceInOpenTransaction(t, "isolated", 0, 3)
	client := newTestClient(t, kafka.Brokers()...)
	for committed, want := range map[bool]cluster.Offset{false: 8, true: 5} {
		ask := Request{Topic: func(name string) bool { return name == "isolated" }, Ends: Everywhere, Committed: committed}
		s := snapshot(t, client, ask)
		require.Empty(t, s.Failures)
		assert.Equal(t, want, s.Topics["isolated"].Partitions[0].End, "committed: %v", committed)
	}
}
