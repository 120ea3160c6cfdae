// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// mine is the part of a collector whose groups and topics begin so.
type mine string

func (m mine) OwnsGroup(name string) bool { return strings.HasPrefix(name, string(m)) }
func (m mine) OwnsTopic(name string) bool { return strings.HasPrefix(name, string(m)) }
func (m mine) OwnsCluster() bool          { return m == "" }

// Of what is reported elsewhere nothing is asked but the ends of topics in which own
// groups have committed.
func TestPartOfACluster(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	for _, topic := range []string{"a-used", "b-used", "b-other"} {
		fake.CreateTopic(t, topic, 1, 1, nil)
		fake.ProduceEach(t, topic, 5)
	}
	fake.Commit(t, "a", map[string]map[int32]int64{"a-used": {0: 1}, "b-used": {0: 2}})
	fake.Commit(t, "b", map[string]map[int32]int64{"b-other": {0: 1}})
	ask := Request{
		Topic: anything, Group: anything, Part: mine("a"), Commits: true, Describe: true, Ends: Everywhere, Starts: Everywhere,
		MinInSync: true, BrokerRetention: true, LogDirs: true, Quorum: true,
	}
	s := snapshot(t, newTestClient(t, fake.Brokers()...), ask)
	assert.True(t, s.Elsewhere)
	assert.Equal(t, 1, s.FilteredGroups)
	assert.Len(t, s.Groups, 1)
	ends := map[string]cluster.Offset{}
	for name, topic := range s.Topics {
		ends[name] = topic.Partitions[0].End
		assert.Equal(t, name != "a-used", topic.Elsewhere, name)
		assert.Equal(t, name == "a-used", topic.Config != nil, name)
	}
	assert.Equal(t, map[string]cluster.Offset{"a-used": 5, "b-used": 5, "b-other": cluster.Unknown}, ends)
	assert.Empty(t, s.BrokerConfigs)
	assert.Zero(t, fake.Requests()["DescribeLogDirs"])

	ask.Sizes = true
	snapshot(t, newTestClient(t, fake.Brokers()...), ask)
	assert.Equal(t, 1, fake.Requests()["DescribeLogDirs"])
}

// A group that has passed to another collector is not missing.
func TestAGroupThatPassesIsNotMissing(t *testing.T) {
	fake := kafkatest.StartFake(t, 2)
	fake.CreateTopic(t, "t", 1, 1, nil)
	fake.Commit(t, "a", map[string]map[int32]int64{"t": {0: 0}})
	client := newTestClient(t, fake.Brokers()...)
	ask := Request{Topic: anything, Group: anything, Part: mine("a"), Commits: true}
	assert.Len(t, snapshot(t, client, ask).Groups, 1)
	fake.ResetRequests()
	ask.Part = mine("b")
	s := snapshot(t, client, ask)
	assert.Empty(t, s.Groups)
	assert.Empty(t, s.Failures)
	assert.Equal(t, 2, fake.Requests()["ListGroups"], "one for each broker")
}
