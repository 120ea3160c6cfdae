// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// ask sends one request to one broker of the fake, without retries.
func ask(t *testing.T, addr string, request kmsg.Request) (kmsg.Response, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	client := NewSeed(addr).client(t)
	defer client.Close()
	return client.SeedBrokers()[0].Request(ctx, request)
}

func metadata(t *testing.T, addr string) *kmsg.MetadataResponse {
	t.Helper()
	answer, err := ask(t, addr, kmsg.NewPtrMetadataRequest())
	require.NoError(t, err)
	return answer.(*kmsg.MetadataResponse)
}

func listedGroups(t *testing.T, addr string) (names []string) {
	t.Helper()
	answer, err := ask(t, addr, kmsg.NewPtrListGroupsRequest())
	require.NoError(t, err)
	for _, g := range answer.(*kmsg.ListGroupsResponse).Groups {
		names = append(names, g.Group)
	}
	return names
}

func TestFakeCountsRequestsAndDials(t *testing.T) {
	fake := StartFake(t, 2)
	fake.CreateTopic(t, "a", 1, 1, nil)
	fake.ResetRequests()

	metadata(t, fake.Brokers()[1])
	metadata(t, fake.Brokers()[1])

	assert.Equal(t, map[string]int{"ApiVersions": 2, "Metadata": 2}, fake.Requests())
	assert.Equal(t, fake.Requests(), fake.RequestsTo(1))
	assert.Empty(t, fake.RequestsTo(0))
	assert.Equal(t, 2, fake.Dials(1))
	assert.Zero(t, fake.Dials(0))
}

func TestSeedOnFake(t *testing.T) {
	fake := StartFake(t, 3)
	fake.CreateTopic(t, "a", 2, 1, map[string]string{"retention.ms": "-1"})
	fake.ProduceEach(t, "a", 5, 7)
	fake.DeleteRecords(t, "a", 1, 3)
	fake.AddPartitions(t, "a", 3)
	fake.Commit(t, "g", map[string]map[int32]int64{"a": {0: 2, 1: 7}})
	fake.Commit(t, "gone", map[string]map[int32]int64{"a": {0: 2}})
	fake.DeleteGroup(t, "gone")
	fake.CreateTopic(t, "gone", 1, 1, nil)
	fake.DeleteTopic(t, "gone")
	at := time.UnixMilli(1_700_000_000_000)
	fake.ProduceAt(t, "a", 2, at, at.Add(time.Second))

	fake.admin(t, func(ctx context.Context, admin *kadm.Client) error {
		ends, err := admin.ListEndOffsets(ctx)
		require.NoError(t, err)
		for partition, end := range map[int32]int64{0: 5, 1: 7, 2: 2} {
			assert.Equal(t, end, ends["a"][partition].Offset, "end of %d", partition)
		}

		starts, err := admin.ListStartOffsets(ctx, "a")
		require.NoError(t, err)
		assert.EqualValues(t, 3, starts["a"][1].Offset)

		dated, err := admin.ListOffsetsAfterMilli(ctx, at.UnixMilli()+1, "a")
		require.NoError(t, err)
		assert.EqualValues(t, 1, dated["a"][2].Offset)
		assert.Equal(t, at.UnixMilli()+1000, dated["a"][2].Timestamp)

		committed, err := admin.FetchOffsets(ctx, "g")
		require.NoError(t, err)
		assert.EqualValues(t, 2, committed["a"][0].At)
		assert.EqualValues(t, 7, committed["a"][1].At)
		return nil
	})
	assert.Equal(t, []string{"g"}, fake.Groups(t))
}

func TestMembersJoinAndLeave(t *testing.T) {
	for name, join := range map[string]func(Seed, testing.TB, string, ...string) *Member{
		"classic": Seed.Join, "consumer": Seed.JoinConsumer,
	} {
		t.Run(name, func(t *testing.T) {
			fake := StartFake(t, 1)
			fake.CreateTopic(t, "a", 2, 1, nil)

			member := join(fake.Seed, t, "g", "a")
			info, err := fake.Kfake.WaitGroupStable(t.Context(), "g", 1)
			require.NoError(t, err)
			assert.Equal(t, map[string][]int32{"a": {0, 1}}, info.Members[0].Assignment)

			groups, err := ask(t, fake.Brokers()[0], kmsg.NewPtrListGroupsRequest())
			require.NoError(t, err)
			assert.Equal(t, name, groups.(*kmsg.ListGroupsResponse).Groups[0].GroupType)

			member.Leave()
			assert.Empty(t, fake.Kfake.GroupInfo("g").Members)
		})
	}
}

func TestFailAnswersWithTheError(t *testing.T) {
	fake := StartFake(t, 2)
	fake.CreateTopic(t, "a", 1, 1, nil)
	fake.Commit(t, "g", map[string]map[int32]int64{"a": {0: 0}})
	group := fake.Brokers()[fake.Kfake.CoordinatorFor("g")]
	leader := fake.Brokers()[fake.Kfake.LeaderFor("a", 0)]

	offsetFetch := kmsg.NewPtrOffsetFetchRequest()
	asked := kmsg.NewOffsetFetchRequestGroup()
	asked.Group = "g"
	offsetFetch.Groups = append(offsetFetch.Groups, asked)
	describe := kmsg.NewPtrDescribeGroupsRequest()
	describe.Groups = []string{"g"}
	describeConsumer := kmsg.NewPtrConsumerGroupDescribeRequest()
	describeConsumer.Groups = []string{"g"}
	listOffsets := kmsg.NewPtrListOffsetsRequest()
	partition := kmsg.NewListOffsetsRequestTopicPartition()
	topic := kmsg.NewListOffsetsRequestTopic()
	topic.Topic, topic.Partitions = "a", []kmsg.ListOffsetsRequestTopicPartition{partition}
	listOffsets.Topics = []kmsg.ListOffsetsRequestTopic{topic}

	for _, tt := range []struct {
		addr    string
		request kmsg.Request
		code    func(kmsg.Response) int16
	}{
		{group, kmsg.NewPtrListGroupsRequest(), func(r kmsg.Response) int16 { return r.(*kmsg.ListGroupsResponse).ErrorCode }},
		{group, offsetFetch, func(r kmsg.Response) int16 { return r.(*kmsg.OffsetFetchResponse).Groups[0].ErrorCode }},
		{group, describe, func(r kmsg.Response) int16 { return r.(*kmsg.DescribeGroupsResponse).Groups[0].ErrorCode }},
		{group, describeConsumer, func(r kmsg.Response) int16 { return r.(*kmsg.ConsumerGroupDescribeResponse).Groups[0].ErrorCode }},
		{leader, listOffsets, func(r kmsg.Response) int16 {
			return r.(*kmsg.ListOffsetsResponse).Topics[0].Partitions[0].ErrorCode
		}},
	} {
		api := kmsg.Key(tt.request.Key())
		t.Run(api.Name(), func(t *testing.T) {
			before, err := ask(t, tt.addr, tt.request)
			require.NoError(t, err)
			failed := fake.Fail(api, AnyBroker, kerr.CoordinatorLoadInProgress, 1)
			answer, err := ask(t, tt.addr, tt.request)
			require.NoError(t, err)
			assert.Equal(t, kerr.CoordinatorLoadInProgress.Code, tt.code(answer))
			assert.Equal(t, 1, failed.Hits())

			after, err := ask(t, tt.addr, tt.request)
			require.NoError(t, err)
			assert.Equal(t, tt.code(before), tt.code(after), "once only")
		})
	}
}

func TestHangHoldsOneBrokersAnswerBack(t *testing.T) {
	fake := StartFake(t, 2)
	release := fake.Hang(kmsg.Metadata, 0)
	answered := make(chan error, 1)
	go func() {
		_, err := ask(t, fake.Brokers()[0], kmsg.NewPtrMetadataRequest())
		answered <- err
	}()

	metadata(t, fake.Brokers()[1])
	require.Eventually(t, func() bool { return fake.RequestsTo(0)["Metadata"] == 1 }, 5*time.Second, time.Millisecond)
	assert.Empty(t, answered, "answered while hanging")
	release()
	require.NoError(t, <-answered)
	metadata(t, fake.Brokers()[0])
}

func TestHangEndsWithTheTest(t *testing.T) {
	fake := StartFake(t, 1)
	fake.Hang(kmsg.Metadata, AnyBroker)
	ctx, cancel := context.WithCancel(t.Context())
	client := fake.client(t)
	defer client.Close()
	go func() {
		for fake.Requests()["Metadata"] == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	_, err := client.SeedBrokers()[0].Request(ctx, kmsg.NewPtrMetadataRequest())
	require.ErrorIs(t, err, context.Canceled)
}

func TestSlowAnswersLate(t *testing.T) {
	fake := StartFake(t, 1)
	fake.Slow(kmsg.ListGroups, 0, 50*time.Millisecond)
	start := time.Now()
	assert.Empty(t, listedGroups(t, fake.Brokers()[0]))
	assert.GreaterOrEqual(t, time.Since(start), 50*time.Millisecond)
}

func TestMovedLeaderAndCoordinator(t *testing.T) {
	fake := StartFake(t, 3)
	fake.CreateTopic(t, "a", 1, 1, nil)
	fake.Commit(t, "g", map[string]map[int32]int64{"a": {0: 0}})

	to := (fake.Kfake.LeaderFor("a", 0) + 1) % 3
	fake.MoveLeader(t, "a", 0, to)
	assert.Equal(t, to, metadata(t, fake.Brokers()[0]).Topics[0].Partitions[0].Leader)

	before := fake.Kfake.CoordinatorFor("g")
	after := fake.MoveCoordinator(t, "g")
	assert.NotEqual(t, before, after)
	assert.Equal(t, []string{"g"}, listedGroups(t, fake.Brokers()[after]))
	assert.Empty(t, listedGroups(t, fake.Brokers()[before]))
}

func TestRewrittenAnswers(t *testing.T) {
	fake := StartFake(t, 2)
	fake.CreateTopic(t, "a", 2, 1, nil)
	fake.CreateTopic(t, "b", 2, 1, nil)
	fake.Commit(t, "g", map[string]map[int32]int64{"a": {0: 0}})
	owner := fake.Kfake.CoordinatorFor("g")

	t.Run("leaderless", func(t *testing.T) {
		t.Cleanup(fake.Honest)
		fake.Leaderless("a", 1)
		for _, topic := range metadata(t, fake.Brokers()[0]).Topics {
			for _, p := range topic.Partitions {
				assert.Equal(t, *topic.Topic == "a" && p.Partition == 1, p.Leader == -1, "%s/%d", *topic.Topic, p.Partition)
			}
		}
	})
	t.Run("broker listed twice", func(t *testing.T) {
		t.Cleanup(fake.Honest)
		fake.ListBrokerTwice(1)
		var ids []int32
		for _, b := range metadata(t, fake.Brokers()[0]).Brokers {
			ids = append(ids, b.NodeID)
		}
		assert.Equal(t, []int32{0, 1, 1}, ids)
	})
	t.Run("group listed by two brokers", func(t *testing.T) {
		t.Cleanup(fake.Honest)
		fake.ListGroupAt(1-owner, "g")
		assert.Equal(t, []string{"g"}, listedGroups(t, fake.Brokers()[0]))
		assert.Equal(t, []string{"g"}, listedGroups(t, fake.Brokers()[1]))
	})
	t.Run("api not offered", func(t *testing.T) {
		t.Cleanup(fake.Honest)
		fake.Without(kmsg.ConsumerGroupDescribe)
		_, err := ask(t, fake.Brokers()[0], kmsg.NewPtrConsumerGroupDescribeRequest())
		assert.ErrorContains(t, err, "too old")
	})
	t.Run("honest again", func(t *testing.T) {
		assert.Len(t, metadata(t, fake.Brokers()[0]).Brokers, 2)
		assert.Empty(t, listedGroups(t, fake.Brokers()[1-owner]))
	})
}

func TestProxiesAreAdvertised(t *testing.T) {
	fake := StartFake(t, 2)
	fake.CreateTopic(t, "a", 2, 1, nil)
	proxies := fake.Proxies(t)
	seed := NewSeed(proxies[0].Addr())
	before := fake.Dials(0) + fake.Dials(1)

	seed.ProduceEach(t, "a", 1, 1)
	seed.Commit(t, "g", map[string]map[int32]int64{"a": {0: 1}})
	assert.Positive(t, proxies[1].Dials())
	assert.Equal(t, fake.Dials(0)+fake.Dials(1)-before, proxies[0].Dials()+proxies[1].Dials(), "none goes past a proxy")
}

func TestAnswersOfOldBrokersPass(t *testing.T) {
	fake := StartFake(t, 1, kfake.MaxVersions(kversion.V0_10_2()))
	assert.Len(t, metadata(t, fake.Brokers()[0]).Brokers, 1)

	fake.Without(kmsg.ListGroups)
	_, err := ask(t, fake.Brokers()[0], kmsg.NewPtrListGroupsRequest())
	assert.ErrorContains(t, err, "too old")
}
