// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func anything(string) bool { return true }

// everything is all that there is to ask.
func everything() Request {
	return Request{Topic: anything, Group: anything, Commits: true, Describe: true, DescribeStreams: true, Share: true, DescribeShare: true, Ends: Everywhere, Starts: Everywhere}
}

// testConfig reaches brokers with time-outs that only a hanging broker meets.
func testConfig(brokers ...string) kafkaconfig.Config {
	return kafkaconfig.Config{Brokers: brokers, ClientID: "test", DialTimeout: 3 * time.Second, RequestTimeout: 5 * time.Second}
}

// newTestClient asks brokers.
func newTestClient(t *testing.T, brokers ...string) *Client {
	t.Helper()
	return newClientOf(t, testConfig(brokers...), nil)
}

// newImpatientClient gives each request a second, for brokers that hang.
func newImpatientClient(t *testing.T, brokers ...string) *Client {
	t.Helper()
	cfg := testConfig(brokers...)
	cfg.RequestTimeout = time.Second
	return newClientOf(t, cfg, nil)
}

func newClientOf(t *testing.T, cfg kafkaconfig.Config, obs broker.Observer) *Client {
	t.Helper()
	client, err := New(cfg, zap.NewNop(), obs, nil)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

func snapshot(t *testing.T, client *Client, ask Request) *cluster.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := client.Snapshot(ctx, ask)
	require.NoError(t, err)
	return s
}

// seeded is a cluster of topics t0… with partitions of 10 records each, and of
// groups g0… that committed offset 4 in each partition of every topic. Broker
// p % 3 leads partition p.
func seeded(t *testing.T, topics, partitions, groups int) *kafkatest.Fake {
	t.Helper()
	fake := kafkatest.StartFake(t, 3)
	commits := map[string]map[int32]int64{}
	for i := range topics {
		topic := fmt.Sprintf("t%d", i)
		fake.CreateTopic(t, topic, int32(partitions), 1, nil)
		commits[topic] = map[int32]int64{}
		for p := range int32(partitions) {
			fake.MoveLeader(t, topic, p, p%3)
			fake.Produce(t, topic, p, 10)
			commits[topic][p] = 4
		}
	}
	for i := range groups {
		fake.Commit(t, fmt.Sprintf("g%d", i), commits)
	}
	return fake
}

func TestSnapshot(t *testing.T) {
	fake := seeded(t, 2, 3, 4)
	s := snapshot(t, newTestClient(t, fake.Brokers()[0]), everything())
	assert.Empty(t, s.Failures)
	assert.Len(t, s.Brokers, 3)
	require.Len(t, s.Topics, 2)
	for _, topic := range s.Topics {
		require.Len(t, topic.Partitions, 3)
		assert.NotZero(t, topic.ID)
		for i, p := range topic.Partitions {
			assert.Equal(t, int32(i), p.ID)
			assert.Equal(t, cluster.Offset(0), p.Start)
			assert.Equal(t, cluster.Offset(10), p.End)
		}
	}
	require.Len(t, s.Groups, 4)
	for name, g := range s.Groups {
		assert.Equal(t, name, g.Name)
		assert.Equal(t, "Empty", g.State)
		assert.Equal(t, "classic", g.Type)
		assert.True(t, g.Described)
		assert.True(t, g.CommitsKnown)
		require.Len(t, g.Commits, 2)
		for i, topic := range g.Commits {
			assert.Equal(t, fmt.Sprintf("t%d", i), topic.Topic, "sorted")
			assert.Equal(t, []cluster.Commit{{Partition: 0, Offset: 4}, {Partition: 1, Offset: 4}, {Partition: 2, Offset: 4}}, topic.Partitions)
		}
	}
}

// Requests grow with brokers, with groups only by batches, and not at all with
// partitions.
func TestRequestsOfOneScrape(t *testing.T) {
	const brokers = 3
	for _, tt := range []struct{ topics, partitions, groups int }{
		{topics: 1, partitions: 3, groups: 10},
		{topics: 5, partitions: 40, groups: 10},
		{topics: 1, partitions: 3, groups: 100},
		{topics: 1, partitions: 3, groups: 1000},
	} {
		t.Run(fmt.Sprintf("%+v", tt), func(t *testing.T) {
			fake := seeded(t, tt.topics, tt.partitions, tt.groups)
			client := newTestClient(t, fake.Brokers()...)
			snapshot(t, client, everything())
			fake.ResetRequests()
			s := snapshot(t, client, everything())
			require.Empty(t, s.Failures)
			require.Len(t, s.Groups, tt.groups)
			coordinated := map[int32]int{}
			for _, g := range s.Groups {
				coordinated[g.Coordinator]++
			}
			batches := 0
			for _, groups := range coordinated {
				batches += (groups + groupsPerRequest - 1) / groupsPerRequest
			}
			got := fake.Requests()
			delete(got, "ApiVersions") // opens a connection
			delete(got, "DescribeCluster")
			assert.Equal(t, map[string]int{
				"Metadata":       1,
				"ListGroups":     brokers,
				"OffsetFetch":    batches,
				"ListOffsets":    2 * brokers,
				"DescribeGroups": batches,
			}, got)
			total := 0
			for _, n := range got {
				total += n
			}
			assert.LessOrEqual(t, total, 1+5*brokers+2*((tt.groups+groupsPerRequest-1)/groupsPerRequest))
		})
	}
}

// A group whose answer is large is asked for apart from the second scrape on.
func TestLargeGroupsAreAskedForApart(t *testing.T) {
	fake := seeded(t, 1, 3, 20)
	inflate(fake, "g1", commitsPerRequest)
	client := newTestClient(t, fake.Brokers()...)
	var requests []int
	for range 2 {
		fake.ResetRequests()
		s := snapshot(t, client, everything())
		require.Empty(t, s.Failures)
		require.Len(t, s.Groups["g1"].Commits[0].Partitions, commitsPerRequest)
		requests = append(requests, fake.RequestsTo(s.Groups["g1"].Coordinator)["OffsetFetch"])
	}
	assert.Greater(t, requests[1], requests[0])
}

// Its size outlives an outage: brokers that are just back are not asked for all
// large groups at once.
func TestSizesOutliveAnOutage(t *testing.T) {
	for name, all := range map[string]bool{"of all brokers": true, "of the coordinator": false} {
		t.Run(name, func(t *testing.T) {
			fake := seeded(t, 1, 3, 20)
			inflate(fake, "g1", commitsPerRequest)
			proxies := fake.Proxies(t)
			client := newTestClient(t, proxies[0].Addr(), proxies[1].Addr(), proxies[2].Addr())
			coordinator := snapshot(t, client, everything()).Groups["g1"].Coordinator
			fetches := func() int {
				fake.ResetRequests()
				require.Empty(t, snapshot(t, client, everything()).Failures)
				return fake.RequestsTo(coordinator)["OffsetFetch"]
			}
			before := fetches()
			require.Greater(t, before, 1)
			down := proxies
			if !all {
				down = proxies[coordinator : coordinator+1]
			}
			for _, p := range down {
				p.Refuse()
			}
			s, err := client.Snapshot(t.Context(), everything())
			require.NotContains(t, s.Groups, "g1")
			require.Equal(t, all, err != nil)
			for _, p := range down {
				p.Restore()
			}
			assert.Equal(t, before, fetches())
		})
	}
}

func TestSizesOfDeletedGroupsAreForgotten(t *testing.T) {
	fake := seeded(t, 1, 3, 2)
	inflate(fake, "g1", commitsPerRequest)
	client := newTestClient(t, fake.Brokers()...)
	snapshot(t, client, everything())
	require.Contains(t, client.memory.sizes.large, "g1")
	hideGroup(fake, "g1")
	snapshot(t, client, everything())
	assert.Empty(t, client.memory.sizes.large)
}

// inflate has OffsetFetch answer that the group has committed in so many
// partitions.
func inflate(fake *kafkatest.Fake, group string, partitions int32) {
	fake.Rewrite(kmsg.OffsetFetch, func(_ int32, answer kmsg.Response) {
		for i := range answer.(*kmsg.OffsetFetchResponse).Groups {
			g := &answer.(*kmsg.OffsetFetchResponse).Groups[i]
			if g.Group != group {
				continue
			}
			topic := kmsg.NewOffsetFetchResponseGroupTopic()
			topic.Topic = "t0"
			for id := range partitions {
				p := kmsg.NewOffsetFetchResponseGroupTopicPartition()
				p.Partition, p.Offset = id, 1
				topic.Partitions = append(topic.Partitions, p)
			}
			g.Topics = []kmsg.OffsetFetchResponseGroupTopic{topic}
		}
	})
}

// An answer over the limit is asked for in halves; a group that is over it by
// itself costs nothing but itself.
func TestAnswersOverTheLimitAreSplit(t *testing.T) {
	fake := seeded(t, 1, 3, 20)
	inflate(fake, "g7", 2000)
	fake.TooLarge(kmsg.OffsetFetch, 1000)
	client := newTestClient(t, fake.Brokers()...)
	s := snapshot(t, client, everything())
	require.Len(t, s.Failures, 1)
	assert.Equal(t, cluster.CodeTooLarge, s.Failures[0].Code)
	assert.Equal(t, 1, s.Failures[0].Groups)
	for name, g := range s.Groups {
		assert.Equal(t, name != "g7", g.CommitsKnown, name)
	}
	for _, p := range s.Topics["t0"].Partitions {
		assert.True(t, p.End.Known(), "the broker is asked on")
	}
}

// So is a description: members say of themselves what they like.
func TestDescriptionsOverTheLimitAreSplit(t *testing.T) {
	fake := seeded(t, 1, 3, 20)
	fake.Rewrite(kmsg.DescribeGroups, func(_ int32, answer kmsg.Response) {
		r := answer.(*kmsg.DescribeGroupsResponse)
		for i := range r.Groups {
			member := kmsg.NewDescribeGroupsResponseGroupMember()
			member.ProtocolMetadata = make([]byte, 1000)
			if r.Groups[i].Group == "g7" {
				member.ProtocolMetadata = make([]byte, 3000)
			}
			r.Groups[i].Members = append(r.Groups[i].Members, member)
		}
	})
	fake.TooLarge(kmsg.DescribeGroups, 3000)
	s := snapshot(t, newTestClient(t, fake.Brokers()...), everything())
	require.Len(t, s.Failures, 1)
	assert.Equal(t, cluster.CodeTooLarge, s.Failures[0].Code)
	assert.Equal(t, 1, s.Failures[0].Groups)
	for name, g := range s.Groups {
		assert.Equal(t, name != "g7", g.Described, name)
	}
}

// Where only groups need the ends of logs, those of other partitions are not
// asked for.
func TestOffsetsOnlyWhereCommitted(t *testing.T) {
	fake := seeded(t, 2, 3, 0)
	fake.Commit(t, "g", map[string]map[int32]int64{"t0": {1: 4}})
	ask := everything()
	ask.Ends, ask.Starts = WhereCommitted, Nowhere
	fake.ResetRequests()
	s := snapshot(t, newTestClient(t, fake.Brokers()...), ask)
	require.Empty(t, s.Failures)
	for name, topic := range s.Topics {
		for _, p := range topic.Partitions {
			assert.Equal(t, name == "t0" && p.ID == 1, p.End.Known(), "%s/%d", name, p.ID)
			assert.Equal(t, cluster.Unknown, p.Start)
		}
	}
	assert.Equal(t, 1, fake.Requests()["ListOffsets"])
}

// What no enabled metric needs is not asked.
func TestOnlyWhatIsWantedIsAsked(t *testing.T) {
	none := func(string) bool { return false }
	for name, tt := range map[string]struct {
		ask  func(*Request)
		want []string
	}{
		"nothing about groups":       {func(q *Request) { q.Group = nil }, []string{"Metadata", "ListOffsets"}},
		"no group matches":           {func(q *Request) { q.Group = none }, []string{"Metadata", "ListGroups", "ListOffsets"}},
		"no topic matches":           {func(q *Request) { q.Topic = none }, []string{"Metadata", "ListGroups", "OffsetFetch", "DescribeGroups"}},
		"no commits":                 {func(q *Request) { q.Commits = false }, []string{"Metadata", "ListGroups", "ListOffsets", "DescribeGroups"}},
		"no members":                 {func(q *Request) { q.Describe = false }, []string{"Metadata", "ListGroups", "OffsetFetch", "ListOffsets"}},
		"no offsets of logs":         {func(q *Request) { q.Ends, q.Starts = Nowhere, Nowhere }, []string{"Metadata", "ListGroups", "OffsetFetch", "DescribeGroups"}},
		"nothing but brokers at all": {func(q *Request) { *q = Request{Topic: none} }, []string{"Metadata"}},
	} {
		t.Run(name, func(t *testing.T) {
			fake := seeded(t, 1, 3, 2)
			client := newTestClient(t, fake.Brokers()...)
			ask := everything()
			tt.ask(&ask)
			fake.ResetRequests()
			s := snapshot(t, client, ask)
			assert.Empty(t, s.Failures)
			var asked []string
			for api := range fake.Requests() {
				if api != "ApiVersions" && api != "DescribeCluster" { // which open a connection
					asked = append(asked, api)
				}
			}
			assert.ElementsMatch(t, tt.want, asked)
		})
	}
}

func TestFilters(t *testing.T) {
	fake := seeded(t, 3, 2, 3)
	ask := everything()
	ask.Topic = func(name string) bool { return name == "t1" }
	ask.Group = func(name string) bool { return strings.HasSuffix(name, "2") }
	s := snapshot(t, newTestClient(t, fake.Brokers()...), ask)
	assert.Equal(t, 2, s.FilteredTopics)
	assert.Equal(t, 2, s.FilteredGroups)
	require.Len(t, s.Topics, 1)
	require.Len(t, s.Groups, 1)
	require.Len(t, s.Groups["g2"].Commits, 1, "commits of other topics are dropped on arrival")
	assert.Equal(t, "t1", s.Groups["g2"].Commits[0].Topic)
}

// A broker of before Kafka 3.0 takes one group in an OffsetFetch.
func TestOneGroupARequest(t *testing.T) {
	fake := seeded(t, 1, 3, 20)
	oneGroupEach(fake)
	client := newTestClient(t, fake.Brokers()...)
	for range 2 {
		fake.ResetRequests()
		s := snapshot(t, client, everything())
		require.Empty(t, s.Failures)
		for name, g := range s.Groups {
			require.True(t, g.CommitsKnown, name)
			assert.Len(t, g.Commits[0].Partitions, 3, name)
		}
		assert.Equal(t, 20, fake.Requests()["OffsetFetch"])
	}
	for broker := range int32(3) {
		assert.LessOrEqual(t, fake.Dials(broker), singleFetches)
	}
}

// Asking for metadata must not bring back a topic that somebody deleted.
func TestMetadataCreatesNoTopic(t *testing.T) {
	fake := seeded(t, 1, 1, 0)
	created := false
	fake.Kfake.ControlKey(int16(kmsg.Metadata), func(r kmsg.Request) (kmsg.Response, error, bool) {
		fake.Kfake.KeepControl()
		created = created || r.(*kmsg.MetadataRequest).AllowAutoTopicCreation
		return nil, nil, false
	})
	snapshot(t, newTestClient(t, fake.Brokers()...), everything())
	assert.False(t, created)
}
