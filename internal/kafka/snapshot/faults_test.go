// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// requireWhole checks a snapshot of what seeded(t, topics, partitions, groups)
// made: nothing missing, nothing wrong.
func requireWhole(t *testing.T, s *cluster.Snapshot, topics, partitions, groups int) {
	t.Helper()
	require.Empty(t, s.Failures)
	require.Len(t, s.Topics, topics)
	for name, topic := range s.Topics {
		require.Len(t, topic.Partitions, partitions, name)
		for _, p := range topic.Partitions {
			require.Equal(t, cluster.Offset(10), p.End, name)
			require.Equal(t, cluster.Offset(0), p.Start, name)
		}
	}
	require.Len(t, s.Groups, groups)
	for name, g := range s.Groups {
		require.True(t, g.CommitsKnown, name)
		require.True(t, g.Described, name)
		require.Len(t, g.Commits, topics, name)
		for _, topic := range g.Commits {
			require.Len(t, topic.Partitions, partitions, name)
		}
	}
}

// requireTrue checks that what a partial snapshot holds is right.
func requireTrue(t *testing.T, s *cluster.Snapshot) {
	t.Helper()
	for name, topic := range s.Topics {
		for _, p := range topic.Partitions {
			require.Contains(t, []cluster.Offset{10, cluster.Unknown}, p.End, name)
			require.Contains(t, []cluster.Offset{0, cluster.Unknown}, p.Start, name)
		}
	}
	for name, g := range s.Groups {
		for _, topic := range g.Commits {
			for _, c := range topic.Partitions {
				require.Equal(t, cluster.Offset(4), c.Offset, name)
			}
		}
	}
}

// Retriable errors are retried once within the same scrape.
func TestPassingErrorsAreRetried(t *testing.T) {
	for name, tt := range map[string]struct {
		api  kmsg.Key
		code *kerr.Error
	}{
		"the coordinator moved":      {kmsg.OffsetFetch, kerr.NotCoordinator},
		"the coordinator loads":      {kmsg.OffsetFetch, kerr.CoordinatorLoadInProgress},
		"it loads, says the listing": {kmsg.ListGroups, kerr.CoordinatorLoadInProgress},
		"the leader moved":           {kmsg.ListOffsets, kerr.NotLeaderForPartition},
		"no leader yet":              {kmsg.ListOffsets, kerr.LeaderNotAvailable},
		"a new leader, not sure yet": {kmsg.ListOffsets, kerr.OffsetNotAvailable},
		"not known there yet":        {kmsg.ListOffsets, kerr.UnknownTopicOrPartition},
	} {
		t.Run(name, func(t *testing.T) {
			fake := seeded(t, 1, 6, 6)
			client := newTestClient(t, fake.Brokers()...)
			snapshot(t, client, everything())
			fake.Fail(tt.api, 1, tt.code, 1)
			fake.ResetRequests()
			requireWhole(t, snapshot(t, client, everything()), 1, 6, 6)
			assert.Equal(t, 2, fake.Requests()["Metadata"], "fresh metadata before the second try")

			// An error that stays costs its own part and is said.
			fake.Fail(tt.api, 1, tt.code, 4) // two rounds of at most two requests
			s := snapshot(t, client, everything())
			requireTrue(t, s)
			require.NotEmpty(t, s.Failures)
			for _, f := range s.Failures {
				assert.Equal(t, tt.api.Name(), f.API)
				assert.Equal(t, int32(1), f.Broker)
				assert.NotEmpty(t, f.Code)
			}
		})
	}
}

func TestDeniedIsNotRetried(t *testing.T) {
	fake := seeded(t, 1, 6, 6)
	client := newTestClient(t, fake.Brokers()...)
	all := snapshot(t, client, everything())
	fake.Fail(kmsg.OffsetFetch, 1, kerr.GroupAuthorizationFailed, 1)
	fake.ResetRequests()
	s := snapshot(t, client, everything())
	requireTrue(t, s)
	require.Len(t, s.Failures, 1)
	f := s.Failures[0]
	assert.Equal(t, "GROUP_AUTHORIZATION_FAILED", f.Code)
	assert.Equal(t, "an ACL is missing: Describe on the group", f.Cause)
	denied := 0
	for _, g := range s.Groups {
		if !g.CommitsKnown {
			denied++
			assert.Equal(t, int32(1), g.Coordinator)
			assert.False(t, g.Described, "the same right shows its members")
			assert.Equal(t, all.Groups[g.Name].State, g.State, "which the listing has")
		} else {
			assert.True(t, g.Described)
		}
	}
	require.Positive(t, denied)
	assert.Equal(t, denied, f.Groups)
	assert.Equal(t, 2, fake.Requests()["DescribeGroups"], "the third broker has none but denied groups")
	assert.Equal(t, 1, fake.Requests()["Metadata"])
}

// A broker that accepts and never answers costs its own share, and request_timeout
// once.
func TestHangingBroker(t *testing.T) {
	fake := seeded(t, 1, 6, 6)
	proxies := fake.Proxies(t)
	client := newImpatientClient(t, proxies[0].Addr(), proxies[2].Addr())
	requireWhole(t, snapshot(t, client, everything()), 1, 6, 6)
	proxies[1].Hang()
	fake.ResetRequests()
	s := snapshot(t, client, everything())
	requireTrue(t, s)
	for _, p := range s.Topics["t0"].Partitions {
		assert.Equal(t, p.Leader != 1, p.End.Known(), "what others lead is known")
	}
	for name, g := range s.Groups {
		assert.NotEqual(t, int32(1), g.Coordinator, name)
		assert.True(t, g.CommitsKnown, name)
	}
	require.NotEmpty(t, s.Failures)
	for _, f := range s.Failures {
		assert.Equal(t, int32(1), f.Broker)
		require.ErrorIs(t, f.Err, kafkaerr.ErrNoAnswer)
	}
	assert.Empty(t, fake.RequestsTo(1), "its one request hangs, the others are not sent")
	proxies[1].Restore()
	requireWhole(t, snapshot(t, client, everything()), 1, 6, 6)
}

// A broker closes connections that were idle for too long; that is no failure.
func TestIdleConnectionsAreReplaced(t *testing.T) {
	fake := seeded(t, 1, 6, 6)
	proxies := fake.Proxies(t)
	client := newTestClient(t, proxies[0].Addr())
	for range 3 {
		requireWhole(t, snapshot(t, client, everything()), 1, 6, 6)
		for _, p := range proxies {
			p.Refuse() // resets what is open
			p.Restore()
		}
	}
}

// A broker that is gone is dialed at most once in a scrape, and soon in every other
// scrape only, so that it is back within two intervals.
func TestDeadBroker(t *testing.T) {
	fake := seeded(t, 1, 6, 6)
	proxies := fake.Proxies(t)
	client := newTestClient(t, proxies[0].Addr())
	requireWhole(t, snapshot(t, client, everything()), 1, 6, 6)
	proxies[2].Refuse()
	var dials []int
	for range 10 {
		before := proxies[2].Dials()
		s := snapshot(t, client, everything())
		requireTrue(t, s)
		require.NotEmpty(t, s.Failures, "it is said in every scrape")
		dials = append(dials, proxies[2].Dials()-before)
	}
	assert.LessOrEqual(t, dials[0], 2, "the first time twice: it may have been a dropped connection")
	assert.Equal(t, []int{1, 0, 1, 0, 1, 0, 1, 0, 1}, dials[1:])
}

// When nobody answers, everybody is asked in every scrape: the first that is
// back ends the outage.
func TestWholeClusterAway(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	proxies := fake.Proxies(t)
	client := newTestClient(t, proxies[0].Addr())
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
	for _, p := range proxies {
		p.Refuse()
	}
	for range 8 {
		before := proxies[1].Dials()
		_, err := client.Snapshot(t.Context(), everything())
		require.Error(t, err)
		assert.Greater(t, proxies[1].Dials(), before)
	}
	for _, p := range proxies {
		p.Restore()
	}
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
}

func TestLeaderlessPartitionsAreNotAskedAbout(t *testing.T) {
	fake := seeded(t, 2, 6, 1)
	fake.Leaderless("t0", 1, 4)
	asked := make(chan string, 1000)
	fake.Kfake.ControlKey(int16(kmsg.ListOffsets), func(r kmsg.Request) (kmsg.Response, error, bool) {
		fake.Kfake.KeepControl()
		for _, topic := range r.(*kmsg.ListOffsetsRequest).Topics {
			for _, p := range topic.Partitions {
				if topic.Topic == "t0" && (p.Partition == 1 || p.Partition == 4) {
					asked <- topic.Topic
				}
			}
		}
		return nil, nil, false
	})
	s := snapshot(t, newTestClient(t, fake.Brokers()...), everything())
	assert.Empty(t, asked)
	assert.Empty(t, s.Failures)
	for _, p := range s.Topics["t0"].Partitions {
		leaderless := p.ID == 1 || p.ID == 4
		assert.Equal(t, leaderless, p.Leader == cluster.NoBroker)
		assert.Equal(t, leaderless, p.End == cluster.Unknown)
	}
}

// While a coordinator moves, two brokers may list a group: it counts once, as
// the one has it that answers for its commits.
func TestGroupListedTwice(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	mine := fake.Kfake.CoordinatorFor("g0")
	for _, other := range []int32{(mine + 1) % 3, (mine + 2) % 3} {
		fake.Honest()
		fake.ListGroupAt(other, "g0")
		s := snapshot(t, newTestClient(t, fake.Brokers()...), everything())
		requireTrue(t, s)
		require.Len(t, s.Groups, 1)
		assert.Equal(t, mine, s.Groups["g0"].Coordinator)
		assert.True(t, s.Groups["g0"].CommitsKnown)
		assert.Empty(t, s.Failures)
		assert.Positive(t, s.ClaimedTwice)
	}
}

func TestBrokerListedTwice(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	fake.ListBrokerTwice(1)
	client := newTestClient(t, fake.Brokers()...)
	snapshot(t, client, everything())
	fake.ResetRequests()
	s := snapshot(t, client, everything())
	requireWhole(t, s, 1, 3, 1)
	assert.Len(t, s.Brokers, 3)
	assert.Equal(t, 3, fake.Requests()["ListGroups"])
}

func TestCoordinatorMovesBetweenListingAndAsking(t *testing.T) {
	fake := seeded(t, 1, 6, 12)
	client := newTestClient(t, fake.Brokers()...)
	snapshot(t, client, everything())
	moved := false
	fake.Kfake.ControlKey(int16(kmsg.OffsetFetch), func(kmsg.Request) (kmsg.Response, error, bool) {
		if !moved {
			moved = true
			fake.Kfake.RehashCoordinators()
		}
		return nil, nil, false
	})
	requireWhole(t, snapshot(t, client, everything()), 1, 6, 12)
	require.True(t, moved)
}

// A broker that has just started may not know the cluster yet: topics are gone
// only if another one agrees.
func TestMetadataOfAnIgnorantBroker(t *testing.T) {
	fake := seeded(t, 3, 3, 1)
	client := newTestClient(t, fake.Brokers()...)
	requireWhole(t, snapshot(t, client, everything()), 3, 3, 1)
	ignorant := client.metadata.current.from.ID
	fake.Rewrite(kmsg.Metadata, func(broker int32, answer kmsg.Response) {
		if broker == ignorant {
			answer.(*kmsg.MetadataResponse).Topics = nil
		}
	})
	requireWhole(t, snapshot(t, client, everything()), 3, 3, 1)
	fake.Honest()
	fake.Rewrite(kmsg.Metadata, func(broker int32, answer kmsg.Response) {
		if broker == client.metadata.current.from.ID {
			answer.(*kmsg.MetadataResponse).Brokers = nil
		}
	})
	requireWhole(t, snapshot(t, client, everything()), 3, 3, 1)

	// Without a second opinion nothing is believed.
	fake.Honest()
	calls := 0
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		if calls++; calls == 1 {
			answer.(*kmsg.MetadataResponse).Topics = nil
		} else {
			answer.(*kmsg.MetadataResponse).Brokers = nil
		}
	})
	_, err := client.Snapshot(t.Context(), everything())
	require.Error(t, err)
	fake.Honest()
	requireWhole(t, snapshot(t, client, everything()), 3, 3, 1)
}

func TestDeletedTopicAndAddedPartitions(t *testing.T) {
	fake := seeded(t, 2, 3, 1)
	client := newTestClient(t, fake.Brokers()...)
	requireWhole(t, snapshot(t, client, everything()), 2, 3, 1)
	fake.DeleteTopic(t, "t0")
	fake.AddPartitions(t, "t1", 5)
	s := snapshot(t, client, everything())
	assert.Nil(t, s.Topics["t0"])
	assert.Len(t, s.Topics["t1"].Partitions, 5)
	before := s.Topics["t1"].ID
	fake.DeleteTopic(t, "t1")
	fake.CreateTopic(t, "t1", 1, 1, nil)
	s = snapshot(t, client, everything())
	assert.Len(t, s.Topics["t1"].Partitions, 1)
	assert.NotEqual(t, before, s.Topics["t1"].ID)
}

func TestCloseEndsAHangingSnapshot(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	proxies := fake.Proxies(t)
	client, err := New(kafkaconfig.Config{
		Brokers: []string{proxies[0].Addr()}, DialTimeout: time.Minute, RequestTimeout: time.Minute,
	}, zap.NewNop(), nil, nil)
	require.NoError(t, err)
	for _, p := range proxies {
		p.Hang()
	}
	done := make(chan error, 1)
	go func() {
		_, err := client.Snapshot(context.Background(), everything())
		done <- err
	}()
	require.Eventually(t, func() bool { return proxies[0].Dials() > 0 }, 10*time.Second, time.Millisecond)
	client.Close()
	select {
	case err := <-done:
		require.ErrorIs(t, err, broker.ErrClosed)
	case <-time.After(20 * time.Second):
		t.Fatal("the snapshot goes on after Close")
	}
}

// Connections that break at any byte of any answer: what is reported is right,
// what is missing has a failure, and the next scrape is complete.
func TestConnectionCutAtAnyByte(t *testing.T) {
	const parts = 4 // side by side
	for part := range parts {
		t.Run(fmt.Sprint("each fourth from ", part), func(t *testing.T) {
			t.Parallel()
			cutAfter(t, int64(part), parts)
		})
	}
}

// cutAfter cuts connections after first bytes, then after step more, until that
// is more than is exchanged.
func cutAfter(t *testing.T, first, step int64) {
	t.Helper()
	fake := seeded(t, 1, 3, 2)
	proxies := fake.Proxies(t)
	const enough = 500 // bytes, fewer than any exchange has
	uncut := false
	for n := first; !uncut; n += step {
		client := newTestClient(t, proxies[0].Addr())
		for _, p := range proxies {
			p.CutAfter(n, -1)
		}
		s, err := client.Snapshot(t.Context(), everything())
		if err == nil {
			requireTrue(t, s)
		}
		if uncut = len(s.Failures) == 0; uncut {
			requireWhole(t, s, 1, 3, 2)
			require.Greater(t, n, int64(enough))
		}
		for _, p := range proxies {
			p.Restore()
		}
		requireWhole(t, snapshot(t, client, everything()), 1, 3, 2)
		client.Close()
	}
}

func TestProtocolErrors(t *testing.T) {
	causes := map[string]string{
		"HTTP":      "an HTTP server listens there, not a Kafka broker",
		"SSH":       "an SSH server listens there, not a Kafka broker",
		"TLS alert": "a TLS port spoken to in plain text: set tls",
		"2 GiB":     "no Kafka broker listens there",
		"4 GiB":     "no Kafka broker listens there",
		"nothing":   "it accepts connections but does not answer in time",
		"goodbye":   "it closed the connection before any answer: a TLS port spoken to in plain text, a limit of connections (max.connections.per.ip), or not a Kafka port",
	}
	require.Len(t, kafkatest.Noises, len(causes))
	for _, noise := range kafkatest.Noises {
		t.Run(noise.Name, func(t *testing.T) {
			port := kafkatest.StartNoise(t, noise)
			client := newImpatientClient(t, port.Addr())
			before := allocated()
			s, err := client.Snapshot(t.Context(), everything())
			require.Error(t, err)
			assert.Less(t, allocated()-before, uint64(32<<20), "bytes allocated")
			require.Len(t, s.Failures, 1)
			assert.Equal(t, port.Addr(), s.Failures[0].Address)
			assert.Equal(t, causes[noise.Name], s.Failures[0].Cause)
		})
	}
}

// A port that waits for more takes TLS for the beginning of a long request.
func TestHandshakeWithoutAnswer(t *testing.T) {
	port := kafkatest.StartNoise(t, kafkatest.Noise{Name: "nothing"})
	cfg := testConfig(port.Addr())
	cfg.TLS = new(tlsconfig.Config)
	cfg.TLS.InsecureSkipVerify = true
	cfg.DialTimeout = 200 * time.Millisecond
	s, err := newClientOf(t, cfg, nil).Snapshot(t.Context(), everything())
	require.Error(t, err)
	require.Len(t, s.Failures, 1)
	assert.Equal(t, "it does not answer the TLS handshake: a plain text port, or no Kafka broker", s.Failures[0].Cause)
}

func TestSeedsThatCannotBeReached(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	s, err := newTestClient(t, "no-such-host.invalid:9092", "127.0.0.1:1").Snapshot(t.Context(), everything())
	require.Error(t, err)
	require.Len(t, s.Failures, 2, "each is named")
	byAddress := func(address string) string {
		i := slices.IndexFunc(s.Failures, func(f cluster.Failure) bool { return f.Address == address })
		require.GreaterOrEqual(t, i, 0, address)
		return s.Failures[i].Cause
	}
	assert.Equal(t, "the name does not resolve", byAddress("no-such-host.invalid:9092"))
	assert.Equal(t, "nothing listens there: the broker is down, or the port is another", byAddress("127.0.0.1:1"))
	// One that can be reached is enough.
	requireWhole(t, snapshot(t, newTestClient(t, "127.0.0.1:1", fake.Brokers()[1]), everything()), 1, 3, 1)
}

// Cached metadata is used on while no newer one can be had, and a failure says so. It
// is not used once no broker answers at all.
func TestMetadataRefreshFails(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	client := newTestClient(t, fake.Brokers()...)
	client.metadata.maxAge = time.Hour
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
	fake.ResetRequests()
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
	assert.Zero(t, fake.Requests()["Metadata"], "young enough")

	client.metadata.current.at = time.Now().Add(-2 * time.Hour)
	hidden := true
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		if hidden {
			answer.(*kmsg.MetadataResponse).Brokers = nil
		}
	})
	s := snapshot(t, client, everything())
	require.NotEmpty(t, s.Failures)
	for _, f := range s.Failures {
		assert.Equal(t, "Metadata", f.API)
		require.ErrorIs(t, f.Err, kafkaerr.ErrNoBrokers)
	}
	s.Failures = nil
	requireWhole(t, s, 1, 3, 1)
	hidden = false
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)

	client.metadata.current.at = time.Now().Add(-2 * time.Hour)
	fake.Kfake.Close()
	_, err := client.Snapshot(t.Context(), everything())
	require.Error(t, err, "a cluster that is gone has no number of brokers")
}

// A leader that has moved is found although the metadata is fresh.
// Nothing that a group committed may be left out of its sums because the
// metadata is older than the commit.
func TestCachedMetadataCatchesUpWithCommits(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	client := newTestClient(t, fake.Brokers()...)
	client.metadata.maxAge = time.Hour
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)

	fake.AddPartitions(t, "t0", 5)
	fake.Produce(t, "t0", 4, 7)
	fake.CreateTopic(t, "new", 1, 1, nil)
	fake.Produce(t, "new", 0, 5)
	fake.Commit(t, "g0", map[string]map[int32]int64{"t0": {4: 1}, "new": {0: 2}})
	s := snapshot(t, client, everything())
	require.Empty(t, s.Failures)
	require.Len(t, s.Topics["t0"].Partitions, 5)
	assert.Equal(t, cluster.Offset(7), s.Topics["t0"].Partitions[4].End)
	require.NotNil(t, s.Topics["new"])
	assert.Equal(t, cluster.Offset(5), s.Topics["new"].Partitions[0].End)

	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) { // kfake forgets a deleted topic's commits
		m := answer.(*kmsg.MetadataResponse)
		m.Topics = slices.DeleteFunc(m.Topics, func(t kmsg.MetadataResponseTopic) bool { return *t.Topic == "new" })
	})
	client.metadata.current.at = time.Now().Add(-2 * time.Hour)
	assert.Nil(t, snapshot(t, client, everything()).Topics["new"])
	fake.ResetRequests()
	assert.Nil(t, snapshot(t, client, everything()).Topics["new"])
	assert.Zero(t, fake.Requests()["Metadata"], "what was looked for in vain is not looked for again")
}

// It is asked once for all that groups have committed in, and where nobody
// answers, again in the next scrape.
func TestCachedMetadataThatCannotCatchUp(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	client := newTestClient(t, fake.Brokers()...)
	client.metadata.maxAge = time.Hour
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
	offsets := map[string]map[int32]int64{}
	for i := range 10 {
		name := fmt.Sprint("new", i)
		fake.CreateTopic(t, name, 1, 1, nil)
		offsets[name] = map[int32]int64{0: 0}
	}
	fake.Commit(t, "g0", offsets)
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) { answer.(*kmsg.MetadataResponse).Brokers = nil })
	fake.ResetRequests()
	snapshot(t, client, everything())
	assert.LessOrEqual(t, fake.Requests()["Metadata"], 2*3, "one look at each broker and seed")
	fake.Honest()
	assert.Len(t, snapshot(t, client, everything()).Topics, 11)
}

// Who has come to lead a partition is news.
func TestCachedMetadataWithoutALeader(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	client := newTestClient(t, fake.Brokers()...)
	client.metadata.maxAge = time.Hour
	fake.Leaderless("t0", 1)
	s := snapshot(t, client, everything())
	assert.Equal(t, cluster.NoBroker, s.Topics["t0"].Partitions[1].Leader)
	fake.Honest()
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
	fake.ResetRequests()
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
	assert.Zero(t, fake.Requests()["Metadata"])
}

// constantSource always returns the same commits.
type constantSource struct {
	groups   []*cluster.Group
	failures []cluster.Failure
}

func (s *constantSource) Commits(context.Context, func(string) bool) ([]*cluster.Group, []cluster.Failure) {
	return s.groups, s.failures
}

func (*constantSource) Close() {}

// A group that keeps its offsets in ZooKeeper counts like any other.
func TestCachedMetadataCatchesUpWithZooKeeper(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	client := newTestClient(t, fake.Brokers()...)
	client.metadata.maxAge = time.Hour
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)

	fake.CreateTopic(t, "new", 1, 1, nil)
	fake.Produce(t, "new", 0, 5)
	old := &cluster.Group{Name: "old", CommitsKnown: true, Commits: []cluster.TopicCommits{
		{Topic: "never read"}, {Topic: "new", Partitions: []cluster.Commit{{Offset: 2}}},
	}}
	denied := cluster.Failure{API: "ZooKeeper", Groups: 1, Err: broker.ErrClosed}
	client.zooKeeper = &constantSource{[]*cluster.Group{old}, []cluster.Failure{denied}}
	s := snapshot(t, client, everything())
	assert.Equal(t, []*cluster.Group{old}, s.ZooKeeper)
	assert.Equal(t, []cluster.Failure{denied}, s.Failures)
	require.NotNil(t, s.Topics["new"])
	assert.Equal(t, cluster.Offset(5), s.Topics["new"].Partitions[0].End)
}

// While a broker is down, where its partitions went to is asked in every scrape.
func TestCachedMetadataAfterTheLossOfABroker(t *testing.T) {
	fake := seeded(t, 1, 3, 0)
	proxies := fake.Proxies(t)
	client := newTestClient(t, proxies[0].Addr())
	client.metadata.maxAge = time.Hour
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 0)
	proxies[2].Refuse()
	for range 2 {
		s := snapshot(t, client, everything())
		require.NotEmpty(t, s.Failures)
		requireTrue(t, s)
	}
	fake.MoveLeader(t, "t0", 2, 0)
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		m := answer.(*kmsg.MetadataResponse)
		m.Brokers = slices.DeleteFunc(m.Brokers, func(b kmsg.MetadataResponseBroker) bool { return b.NodeID == 2 })
	})
	s := snapshot(t, client, everything())
	assert.Len(t, s.Brokers, 2)
	requireWhole(t, s, 1, 3, 0)
}

func TestCachedMetadataIsNoAnswer(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	client := newTestClient(t, fake.Brokers()...)
	client.metadata.maxAge = time.Hour
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
	fake.Kfake.Close()
	for range 3 {
		s, err := client.Snapshot(t.Context(), everything())
		require.Error(t, err)
		assert.NotEmpty(t, s.Failures)
		assert.Empty(t, s.Brokers)
	}
}

func TestCachedMetadataFollowsLeaders(t *testing.T) {
	fake := seeded(t, 1, 3, 1)
	client := newTestClient(t, fake.Brokers()...)
	client.metadata.maxAge = time.Hour
	requireWhole(t, snapshot(t, client, everything()), 1, 3, 1)
	fake.MoveLeader(t, "t0", 0, 2)
	s := snapshot(t, client, everything())
	requireWhole(t, s, 1, 3, 1)
	assert.Equal(t, int32(2), s.Topics["t0"].Partitions[0].Leader)
}
