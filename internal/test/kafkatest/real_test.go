// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest/jars"
)

// brokersSeenBy lists the ids that the broker at addr knows, sorted.
func brokersSeenBy(t *testing.T, addr string) []int32 {
	t.Helper()
	var ids []int32
	for _, b := range metadata(t, addr).Brokers {
		ids = append(ids, b.NodeID)
	}
	slices.Sort(ids)
	return ids
}

func leadersSeenBy(t *testing.T, addr string) map[string]int32 {
	t.Helper()
	leaders := make(map[string]int32)
	for _, topic := range metadata(t, addr).Topics {
		for _, p := range topic.Partitions {
			leaders[fmt.Sprintf("%s/%d", *topic.Topic, p.Partition)] = p.Leader
		}
	}
	return leaders
}

func TestIntegrationReleases(t *testing.T) {
	for _, version := range jars.Versions() {
		t.Run(version, func(t *testing.T) {
			c := Shared(t, Options{Version: version})
			assert.Equal(t, c.release.ZooKeeper, c.ZooKeeper() != "")
			assert.Equal(t, !c.release.ZooKeeper, c.ID() != "")

			c.CreateTopic(t, "a", 3, 1, nil)
			c.ProduceEach(t, "a", 5, 7, 0)
			c.Commit(t, "g", map[string]map[int32]int64{"a": {0: 2, 1: 7}})
			c.Commit(t, "beyond", map[string]map[int32]int64{"a": {1: 10}})

			assert.Equal(t, map[GroupTopicPartition]OffsetLag{
				{"g", "a", 0}:      {Offset: 2, End: 5, Lag: 3},
				{"g", "a", 1}:      {Offset: 7, End: 7, Lag: 0},
				{"beyond", "a", 1}: {Offset: 10, End: 7, Lag: -3},
			}, c.DescribeAllGroups(t))
			assert.Equal(t, []string{"beyond", "g"}, c.Groups(t))
			assert.Same(t, c, Shared(t, Options{Version: version}))
		})
	}
}

func TestIntegrationMembersWithoutCommits(t *testing.T) {
	c := Shared(t, Options{Version: DefaultVersion})
	c.CreateTopic(t, "joined", 2, 1, nil)
	c.ProduceEach(t, "joined", 1, 2)
	c.Join(t, "classic-members", "joined")
	c.JoinConsumer(t, "consumer-members", "joined")

	rows := c.DescribeAllGroups(t)
	maps.DeleteFunc(rows, func(row GroupTopicPartition, _ OffsetLag) bool { return row.Topic != "joined" })
	assert.Equal(t, map[GroupTopicPartition]OffsetLag{
		{"classic-members", "joined", 0}:  {Offset: Absent, End: 1, Lag: Absent},
		{"classic-members", "joined", 1}:  {Offset: Absent, End: 2, Lag: Absent},
		{"consumer-members", "joined", 0}: {Offset: Absent, End: 1, Lag: Absent},
		{"consumer-members", "joined", 1}: {Offset: Absent, End: 2, Lag: Absent},
	}, rows)
}

func TestIntegrationBrokersComeAndGo(t *testing.T) {
	c := Start(t, Options{Brokers: 3, Racks: []string{"r1", "r2", "r3"}})
	c.CreateTopic(t, "a", 6, 1, nil)
	c.ProduceEach(t, "a", 1, 2, 3, 4, 5, 6)
	c.CreateTopic(t, "replicated", 1, 3, nil)
	first, second := c.Broker(1), c.Broker(2)
	before := leadersSeenBy(t, first.Address())
	require.Contains(t, slices.Collect(maps.Values(before)), int32(2))
	racks := make(map[int32]string)
	for _, b := range metadata(t, first.Address()).Brokers {
		racks[b.NodeID] = *b.Rack
	}
	assert.Equal(t, map[int32]string{1: "r1", 2: "r2", 3: "r3"}, racks)

	// Killed: its port refuses, the others go on, its partitions are leaderless.
	second.Kill(t)
	_, err := net.Dial("tcp", second.Address())
	require.Error(t, err)
	require.Eventually(t, func() bool {
		return slices.Equal(brokersSeenBy(t, first.Address()), []int32{1, 3})
	}, time.Minute, pollInterval)
	for partition, leader := range leadersSeenBy(t, first.Address()) {
		if before[partition] == 2 && partition != "replicated/0" {
			assert.EqualValues(t, -1, leader, partition)
		}
	}
	c.CreateTopic(t, "quorum-of-two", 1, 1, nil)

	// Restarted: where it was, with what it had.
	second.Start(t)
	assert.Equal(t, []int32{1, 2, 3}, brokersSeenBy(t, second.Address()))
	require.Eventually(t, func() bool {
		now := leadersSeenBy(t, first.Address())
		delete(now, "quorum-of-two/0")
		delete(now, "replicated/0") // which keeps the leader that it has got
		want := maps.Clone(before)
		delete(want, "replicated/0")
		return maps.Equal(want, now)
	}, time.Minute, pollInterval)

	// Paused: it accepts and does not answer. Resumed, it does.
	second.Pause(t)
	conn, err := net.Dial("tcp", second.Address())
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	answered := make(chan error, 1)
	go func() {
		client, err := kgo.NewClient(kgo.SeedBrokers(second.Address()))
		if err == nil {
			defer client.Close()
			_, err = client.SeedBrokers()[0].Request(t.Context(), kmsg.NewPtrMetadataRequest())
		}
		answered <- err
	}()
	assert.Equal(t, []int32{1, 2, 3}, brokersSeenBy(t, first.Address()), "the others answer")
	assert.Empty(t, answered)
	second.Resume(t)
	require.NoError(t, <-answered)
	c.Await(t)

	// Stopped in order: it hands over what is replicated, and is gone at once.
	second.Stop(t)
	require.Eventually(t, func() bool {
		return slices.Equal(brokersSeenBy(t, first.Address()), []int32{1, 3})
	}, time.Minute, pollInterval)
	assert.Positive(t, leadersSeenBy(t, first.Address())["replicated/0"])
}

func TestIntegrationListenersAndProperties(t *testing.T) {
	const login = "listener.name.sasl."
	c := Start(t, Options{
		Listeners: []Listener{
			{Name: "SASL", Protocol: "SASL_PLAINTEXT", Host: "localhost"},
			{Name: "PROXIED", Protocol: plaintext, Proxied: true},
		},
		Properties: map[string]string{
			login + "sasl.enabled.mechanisms":        "PLAIN,SCRAM-SHA-256",
			login + "plain.sasl.jaas.config":         `org.apache.kafka.common.security.plain.PlainLoginModule required user_ann="a \\ secret";`,
			login + "scram-sha-256.sasl.jaas.config": `org.apache.kafka.common.security.scram.ScramLoginModule required;`,
			"connections.max.idle.ms":                "50000",
			"sasl.mechanism.controller.protocol":     "PLAIN",
		},
		BrokerProperties: map[int]map[string]string{1: {"connections.max.idle.ms": "40000"}},
		StorageArgs:      []string{"--add-scram", "SCRAM-SHA-256=[name=bob,password=bob-secret]"},
		JVMArgs:          []string{"-Dkafkatest=1"},
	})
	c.CreateTopic(t, "a", 1, 1, nil)

	addresses := c.Addresses("SASL")
	require.Contains(t, addresses[0], "localhost:")
	for name, mechanism := range map[string]kgo.Opt{
		"plain": kgo.SASL(plain.Auth{User: "ann", Pass: `a \ secret`}.AsMechanism()),
		"scram": kgo.SASL(scram.Auth{User: "bob", Pass: "bob-secret"}.AsSha256Mechanism()),
	} {
		t.Run(name, func(t *testing.T) {
			NewSeed(addresses...).With(mechanism).Produce(t, "a", 0, 1)
		})
	}

	proxy := c.Broker(1).Proxy("PROXIED")
	assert.Equal(t, []string{proxy.Addr()}, c.Addresses("PROXIED"))
	NewSeed(proxy.Addr()).Produce(t, "a", 0, 1)
	assert.GreaterOrEqual(t, proxy.Dials(), 2, "the seed and the broker that it names")

	out := c.Tool(t, "org.apache.kafka.tools.ConfigCommand", "--bootstrap-server", c.Brokers()[0],
		"--describe", "--all", "--entity-type", "brokers", "--entity-name", "1")
	assert.Contains(t, out, "connections.max.idle.ms=40000")
}
