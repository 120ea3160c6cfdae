// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lookup

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// newTestClient is a client that knows the brokers of fake.
func newTestClient(t *testing.T, fake *kafkatest.Fake) *Client {
	t.Helper()
	return newClientWithin(t, 5*time.Second, kafkatest.NewTally(), brokersOf(fake))
}

func newClientWithin(t *testing.T, timeout time.Duration, obs broker.Observer, brokers map[int32]cluster.Broker) *Client {
	t.Helper()
	client, err := New(kafkaconfig.Config{
		Brokers:        []string{"127.0.0.1:1"}, // not asked
		ClientID:       "test",
		DialTimeout:    3 * time.Second,
		RequestTimeout: timeout,
	}, zap.NewNop(), obs)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	client.Begin("", brokers)
	return client
}

// startFake has a topic of three partitions with a leader each.
func startFake(t *testing.T) *kafkatest.Fake {
	t.Helper()
	fake := kafkatest.StartFake(t, 3)
	fake.CreateTopic(t, "t0", 3, 1, nil)
	for p := range int32(3) {
		fake.MoveLeader(t, "t0", p, p)
		fake.Produce(t, "t0", p, 10)
	}
	return fake
}

func brokersOf(fake *kafkatest.Fake) map[int32]cluster.Broker {
	brokers := map[int32]cluster.Broker{}
	for id, address := range fake.Brokers() {
		brokers[int32(id)] = cluster.Broker{ID: int32(id), Address: address}
	}
	return brokers
}

func TestLookup(t *testing.T) {
	fake := kafkatest.StartFake(t, 3)
	fake.CreateTopic(t, "t", 4, 1, nil)
	for p := range int32(3) {
		fake.MoveLeader(t, "t", p, p)
		fake.ProduceAt(t, "t", p, time.UnixMilli(1000), time.UnixMilli(3000), time.UnixMilli(2000), time.UnixMilli(5000))
	}
	fake.MoveLeader(t, "t", 3, 0)
	client := newTestClient(t, fake)
	for name, tt := range map[string]struct {
		partition, leader int32
		at                cluster.Timestamp
		offset            cluster.Offset
		time              cluster.Timestamp
		fails             bool
	}{
		"the oldest":               {partition: 0, leader: 0, at: 0, offset: 0, time: 1000},
		"its own time":             {partition: 1, leader: 1, at: 3000, offset: 1, time: 3000},
		"the first one after":      {partition: 2, leader: 2, at: 1500, offset: 1, time: 3000},
		"none":                     {partition: 0, leader: 0, at: 5001, offset: cluster.None},
		"an empty partition":       {partition: 3, leader: 0, at: 0, offset: cluster.None},
		"not the leader":           {partition: 0, leader: 1, fails: true},
		"a leader that is unknown": {partition: 0, leader: 9, fails: true},
		"no such partition":        {partition: 9, leader: 0, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			ask := cluster.Lookup{Topic: "t", Partition: tt.partition, Leader: tt.leader, At: tt.at}
			got := client.Lookup(t.Context(), []cluster.Lookup{ask})
			require.Len(t, got, 1)
			assert.Equal(t, ask, got[0].Lookup)
			if tt.fails {
				assert.Error(t, got[0].Err)
				return
			}
			require.NoError(t, got[0].Err)
			assert.Equal(t, tt.offset, got[0].Offset)
			assert.Equal(t, tt.time, got[0].Time)
		})
	}
}

func TestLookupsAreBatchedByLeader(t *testing.T) {
	const partitions = 1200
	fake := kafkatest.StartFake(t, 1)
	fake.CreateTopic(t, "t", partitions, 1, nil)
	client := newTestClient(t, fake)
	fake.ResetRequests()
	var lookups []cluster.Lookup
	for p := range int32(partitions) {
		lookups = append(lookups, cluster.Lookup{Topic: "t", Partition: p})
	}
	answers := client.Lookup(t.Context(), lookups)
	require.Len(t, answers, partitions)
	seen := map[int32]bool{}
	for _, a := range answers {
		require.NoError(t, a.Err)
		seen[a.Partition] = true
	}
	assert.Len(t, seen, partitions)
	assert.Equal(t, 3, fake.Requests()["ListOffsets"])
	assert.Equal(t, 1, fake.Dials(0))
}

func TestDecodeFound(t *testing.T) {
	l := cluster.Lookup{Topic: "t", At: 5}
	for name, tt := range map[string]struct {
		found wire.PartitionOffset
		want  cluster.Answer
	}{
		"an error":      {wire.PartitionOffset{Code: 6}, cluster.Answer{Lookup: l, Err: sarama.ErrNotLeaderForPartition}},
		"found":         {wire.PartitionOffset{Offset: 7, Timestamp: 9}, cluster.Answer{Lookup: l, Offset: 7, Time: 9}},
		"none":          {wire.PartitionOffset{Offset: -1, Timestamp: -1}, cluster.Answer{Lookup: l, Offset: cluster.None}},
		"without times": {wire.PartitionOffset{Offset: 7, Timestamp: -1}, cluster.Answer{Lookup: l, Offset: cluster.None}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, decodeFound(l, tt.found)) })
	}
}

// TestLookupOfABrokerThatIsAway asks it once, not once a round.
func TestLookupOfABrokerThatIsAway(t *testing.T) {
	fake := startFake(t)
	proxies := fake.Proxies(t)
	brokers := brokersOf(fake)
	for id, p := range proxies {
		brokers[int32(id)] = cluster.Broker{ID: int32(id), Address: p.Addr()}
	}
	client := newClientWithin(t, 200*time.Millisecond, nil, brokers)
	lookups := []cluster.Lookup{{Topic: "t0", Partition: 0, Leader: 0}, {Topic: "t0", Partition: 1, Leader: 1}}
	proxies[1].Hang()
	for range 5 {
		failed := 0
		for _, a := range client.Lookup(t.Context(), lookups) {
			if a.Err != nil {
				failed++
				assert.Equal(t, int32(1), a.Partition)
			}
		}
		assert.Equal(t, 1, failed)
	}
	assert.Equal(t, 1, proxies[1].Dials())
}

func TestLookupEndsWithClose(t *testing.T) {
	fake := startFake(t)
	client := newTestClient(t, fake)
	fake.ResetRequests()
	defer fake.Hang(kmsg.ListOffsets, 0)()
	answers := make(chan []cluster.Answer)
	go func() {
		answers <- client.Lookup(context.Background(), []cluster.Lookup{{Topic: "t0", Leader: 0}})
	}()
	require.Eventually(t, func() bool { return fake.Requests()["ListOffsets"] == 1 }, 10*time.Second, time.Millisecond)
	began := time.Now()
	client.Close()
	got := <-answers
	require.ErrorIs(t, got[0].Err, broker.ErrClosed)
	assert.Less(t, time.Since(began), 2*time.Second)
}

// A broker that does not answer DescribeConfigs at all is looked up at all the
// same: the question is optional.
func TestLookupWithoutAnswersAboutSettings(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	fake.CreateTopic(t, "t", 1, 1, nil)
	fake.ProduceAt(t, "t", 0, time.UnixMilli(1000))
	client := newClientWithin(t, time.Second, kafkatest.NewTally(), brokersOf(fake))
	defer fake.Hang(kmsg.DescribeConfigs, 0)()
	assert.Empty(t, client.Compacted(t.Context(), []string{"t"}))
	results := client.Lookup(t.Context(), []cluster.Lookup{{Topic: "t", At: 1}})
	require.Len(t, results, 1)
	assert.NoError(t, results[0].Err)
}

func TestCompacted(t *testing.T) {
	fake := kafkatest.StartFake(t, 2)
	fake.CreateTopic(t, "plain", 1, 1, nil)
	fake.CreateTopic(t, "compacted", 1, 1, map[string]string{cleanupPolicy: "compact"})
	fake.CreateTopic(t, "both", 1, 1, map[string]string{cleanupPolicy: "compact,delete"})
	client := newTestClient(t, fake)
	got := client.Compacted(t.Context(), []string{"plain", "compacted", "both", "none"})
	assert.True(t, got["compacted"])
	assert.True(t, got["both"])
	assert.False(t, got["plain"])
	assert.False(t, got["none"])

	counts := kafkatest.NewTally()
	client = newClientWithin(t, 5*time.Second, counts, brokersOf(fake))
	fake.Rewrite(kmsg.DescribeConfigs, func(_ int32, answer kmsg.Response) {
		resources := answer.(*kmsg.DescribeConfigsResponse).Resources
		resources[0].ErrorCode, resources[0].Configs = kerr.TopicAuthorizationFailed.Code, nil
		resources[1].ErrorCode, resources[1].Configs = kerr.UnknownServerError.Code, nil
	})
	got = client.Compacted(t.Context(), []string{"compacted", "both"})
	assert.Equal(t, map[string]bool{"compacted": false}, got, "what one may not see, not what fails")
	assert.Equal(t, map[[2]string]int{{"DescribeConfigs", "UNKNOWN_SERVER_ERROR"}: 1}, counts.Failures)
	fake.Honest()

	client.Close()
	assert.Empty(t, client.Compacted(t.Context(), []string{"compacted"}))

	fake.Without(kmsg.DescribeConfigs)
	old := newTestClient(t, fake)
	assert.Equal(t, map[string]bool{"compacted": false}, old.Compacted(t.Context(), []string{"compacted"}), "without DescribeConfigs nobody ever says")
}

// Another cluster that takes a leader's address over is asked nothing.
func TestALeaderOfAnotherCluster(t *testing.T) {
	fake := startFake(t)
	client := newTestClient(t, fake)
	client.Begin("another", brokersOf(fake))
	answers := client.Lookup(t.Context(), []cluster.Lookup{{Topic: "t0", Partition: 0, Leader: 0}})
	require.Len(t, answers, 1)
	_, other := errors.AsType[*kafkaerr.OtherClusterError](answers[0].Err)
	assert.True(t, other, answers[0].Err)
	assert.Zero(t, fake.Requests()["ListOffsets"])
}

// Scrapes have connections of their own, so nothing else reports the failure.
func TestNoConnectionsForLookups(t *testing.T) {
	fake := startFake(t)
	proxies := fake.Proxies(t)
	brokers := map[int32]cluster.Broker{}
	for id, p := range proxies {
		p.Refuse()
		brokers[int32(id)] = cluster.Broker{ID: int32(id), Address: p.Addr()}
	}
	core, logs := observer.New(zap.InfoLevel)
	client, err := New(kafkaconfig.Config{Brokers: []string{proxies[0].Addr()}, DialTimeout: time.Second, RequestTimeout: time.Second}, zap.New(core), nil)
	require.NoError(t, err)
	defer client.Close()
	for range 3 {
		client.Begin("", brokers)
		client.Lookup(t.Context(), []cluster.Lookup{{Topic: "t0", Leader: 0}, {Topic: "t0", Partition: 1, Leader: 1}})
	}
	require.Equal(t, 1, logs.Len(), "once in five minutes")
	assert.Contains(t, logs.All()[0].Message, "Time lag is missing")
	assert.Equal(t, int64(2), logs.All()[0].ContextMap()["partitions"])
	assert.Equal(t, kafkaerr.CauseTooManyConnections, logs.All()[0].ContextMap()["likely_cause"])
}

// The same on a real broker that takes no more connections: scrapes, which have theirs,
// go on without a word.
func TestIntegrationNoConnectionsForLookups(t *testing.T) {
	kafka := kafkatest.Shared(t, kafkatest.Options{Properties: map[string]string{"max.connections.per.ip": "10"}})
	kafka.CreateTopic(t, "t", 1, 1, nil)
	kafkatest.FillConnections(t, kafka.Brokers()[0], 0)
	core, logs := observer.New(zap.InfoLevel)
	client, err := New(kafkaconfig.Config{Brokers: kafka.Brokers(), ClientID: "test", DialTimeout: time.Second, RequestTimeout: 5 * time.Second}, zap.New(core), nil)
	require.NoError(t, err)
	defer client.Close()
	client.Begin(kafka.ID(), map[int32]cluster.Broker{1: {ID: 1, Address: kafka.Brokers()[0]}})
	client.Lookup(t.Context(), []cluster.Lookup{{Topic: "t", Leader: 1}})
	require.Equal(t, 1, logs.Len())
	assert.Contains(t, logs.All()[0].Message, "Time lag is missing")
	assert.Equal(t, kafkaerr.CauseTooManyConnections, logs.All()[0].ContextMap()["likely_cause"])
}
