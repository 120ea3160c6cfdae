// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"fmt"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func askQuorum() Request { return Request{Topic: anything, Quorum: true} }

type replicaState = kmsg.DescribeQuorumResponseTopicPartitionReplicaState

func replicaOf(id int32, end, lastFetch, lastCaughtUp int64) replicaState {
	replica := kmsg.NewDescribeQuorumResponseTopicPartitionReplicaState()
	replica.ReplicaID, replica.LogEndOffset = id, end
	replica.LastFetchTimestamp, replica.LastCaughtUpTimestamp = lastFetch, lastCaughtUp
	return replica
}

// quorumAnswer is what the leader 1 says in epoch 7.
func quorumAnswer(voters, observers []replicaState) *kmsg.DescribeQuorumResponse {
	answer := kmsg.NewPtrDescribeQuorumResponse()
	log := kmsg.NewDescribeQuorumResponseTopicPartition()
	log.LeaderID, log.LeaderEpoch, log.HighWatermark = 1, 7, 100
	log.CurrentVoters, log.Observers = voters, observers
	answer.Topics = []kmsg.DescribeQuorumResponseTopic{{Topic: metadataLog, Partitions: []kmsg.DescribeQuorumResponseTopicPartition{log}}}
	answer.Nodes = []kmsg.DescribeQuorumResponseNode{{NodeID: 1, Listeners: []kmsg.DescribeQuorumResponseNodeListener{{Name: "CONTROLLER", Host: "c", Port: 9093}}}}
	return answer
}

// heardOf is a replica of which the leader knows all; ages are in milliseconds.
func heardOf(id int32, lag cluster.Offset, lastFetch, lastCaughtUp int64) cluster.QuorumReplica {
	return cluster.QuorumReplica{ID: id, Lag: lag, LastFetchAge: &lastFetch, LastCaughtUpAge: &lastCaughtUp}
}

func TestQuorumIsMeasuredAgainstItsLeader(t *testing.T) {
	const newest, withoutTimes = 2, 0
	leader := replicaOf(1, 100, 1_000_000, 1_000_000)
	first := heardOf(1, 0, 0, 0)
	for name, tt := range map[string]struct {
		version           int16
		voters, observers []replicaState
		want              cluster.Quorum
	}{
		"caught up, and not": {
			newest,
			[]replicaState{replicaOf(3, 90, 999_500, 990_000), leader},
			[]replicaState{replicaOf(4, 100, 999_900, 999_900)},
			cluster.Quorum{
				Voters:    []cluster.QuorumReplica{first, heardOf(3, 10, 500, 10_000)},
				Observers: []cluster.QuorumReplica{heardOf(4, 0, 100, 100)},
			},
		},
		"not heard of": {
			newest,
			[]replicaState{leader, replicaOf(2, -1, -1, -1)},
			nil,
			cluster.Quorum{Voters: []cluster.QuorumReplica{first, {ID: 2, Lag: cluster.None}}},
		},
		"ahead of what the leader says of itself": {
			newest,
			[]replicaState{leader, replicaOf(2, 101, 1_000_001, 1_000_001)},
			nil,
			cluster.Quorum{Voters: []cluster.QuorumReplica{first, heardOf(2, 0, 0, 0)}},
		},
		"before Kafka 3.3": {
			withoutTimes,
			[]replicaState{leader, replicaOf(2, 99, 0, 0)},
			nil,
			cluster.Quorum{Voters: []cluster.QuorumReplica{{ID: 1}, {ID: 2, Lag: 1}}},
		},
		"the leader does not say when it is": {
			newest,
			[]replicaState{replicaOf(1, 100, -1, -1), replicaOf(2, 99, 5, 5)},
			nil,
			cluster.Quorum{Voters: []cluster.QuorumReplica{{ID: 1}, {ID: 2, Lag: 1}}},
		},
		"the leader resigns as a voter": {
			newest,
			[]replicaState{replicaOf(2, 99, 999_000, 999_000)},
			[]replicaState{leader},
			cluster.Quorum{
				Voters:    []cluster.QuorumReplica{heardOf(2, 1, 1000, 1000)},
				Observers: []cluster.QuorumReplica{first},
			},
		},
		"no row of the leader": {
			newest,
			[]replicaState{replicaOf(2, 99, 999_000, 999_000)},
			nil,
			cluster.Quorum{Voters: []cluster.QuorumReplica{{ID: 2, Lag: cluster.None}}},
		},
		"a disk was replaced": {
			newest,
			[]replicaState{leader},
			[]replicaState{replicaOf(4, 20, 500_000, 500_000), replicaOf(4, 98, 999_000, 998_000)},
			cluster.Quorum{
				Voters:    []cluster.QuorumReplica{first},
				Observers: []cluster.QuorumReplica{heardOf(4, 2, 1000, 2000)},
			},
		},
		"numbers that cannot be": {
			newest,
			[]replicaState{replicaOf(1, math.MaxInt64, math.MaxInt64, math.MaxInt64), replicaOf(2, 0, 0, math.MinInt64)},
			nil,
			cluster.Quorum{Voters: []cluster.QuorumReplica{first, {ID: 2, Lag: math.MaxInt64, LastFetchAge: new(int64(math.MaxInt64))}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			request := newDescribeQuorumRequest()
			request.Max = tt.version
			got := decodeAnswer(t, request, quorumAnswer(tt.voters, tt.observers), decodeQuorum)
			require.NoError(t, got.err())
			tt.want.Leader, tt.want.Epoch = 1, 7
			if tt.want.Observers == nil {
				tt.want.Observers = []cluster.QuorumReplica{}
			}
			assert.Equal(t, &tt.want, got.log.quorum())
		})
	}
}

func TestQuorumIsAskedOnce(t *testing.T) {
	fake := kafkatest.StartFake(t, 3)
	fake.Offer(kmsg.DescribeQuorum, 2, func() kmsg.Response {
		return quorumAnswer([]replicaState{replicaOf(1, 5, 9, 9)}, nil)
	})
	client := newTestClient(t, fake.Brokers()...)
	s := snapshot(t, client, askQuorum())
	assert.Empty(t, s.Failures)
	require.NotNil(t, s.Quorum)
	assert.Equal(t, int32(7), s.Quorum.Epoch)
	assert.Equal(t, 1, fake.Requests()["DescribeQuorum"])

	assert.Nil(t, snapshot(t, client, Request{Topic: anything}).Quorum)
	assert.Equal(t, 1, fake.Requests()["DescribeQuorum"], "no enabled metric needs it")
}

// A quorum that cannot be described costs nothing else. While the controllers elect a
// leader, they are asked once more.
func TestQuorumIsNotDescribed(t *testing.T) {
	log := func(a *kmsg.DescribeQuorumResponse) *kmsg.DescribeQuorumResponseTopicPartition {
		return &a.Topics[0].Partitions[0]
	}
	for name, tt := range map[string]struct {
		change      func(*kmsg.DescribeQuorumResponse)
		code, cause string
		asked       int
	}{
		"without the right": {
			func(a *kmsg.DescribeQuorumResponse) {
				a.ErrorCode, a.Topics = kerr.ClusterAuthorizationFailed.Code, nil
			},
			"CLUSTER_AUTHORIZATION_FAILED", "an ACL is missing: Describe on the cluster", 1,
		},
		"no leader":     {func(a *kmsg.DescribeQuorumResponse) { log(a).ErrorCode = kerr.NotLeaderForPartition.Code }, "NOT_LEADER_OR_FOLLOWER", "the partition's leader is moving", 2},
		"left out":      {func(a *kmsg.DescribeQuorumResponse) { a.Topics = nil }, cluster.CodeIncomplete, "", 2},
		"of other logs": {func(a *kmsg.DescribeQuorumResponse) { a.Topics[0].Topic = "t" }, cluster.CodeIncomplete, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			fake := seeded(t, 1, 3, 2)
			fake.Offer(kmsg.DescribeQuorum, 2, func() kmsg.Response {
				answer := quorumAnswer([]replicaState{replicaOf(1, 5, 9, 9)}, nil)
				tt.change(answer)
				return answer
			})
			ask := everything()
			ask.Quorum = true
			s := snapshot(t, newTestClient(t, fake.Brokers()...), ask)
			assert.Nil(t, s.Quorum)
			require.Len(t, s.Failures, 1)
			assert.Equal(t, "DescribeQuorum", s.Failures[0].API)
			assert.Equal(t, tt.code, s.Failures[0].Code)
			assert.Equal(t, tt.cause, s.Failures[0].Cause)
			assert.Equal(t, tt.asked, fake.Requests()["DescribeQuorum"])
			s.Failures = nil
			requireWhole(t, s, 1, 3, 2)
		})
	}
}

// Brokers hang on what they pass on while no controller leads. One of them is asked, and
// not another that metadata names next.
func TestQuorumHangs(t *testing.T) {
	fake := seeded(t, 1, 3, 2)
	fake.Offer(kmsg.DescribeQuorum, 2, func() kmsg.Response { return quorumAnswer(nil, nil) })
	fake.Hang(kmsg.DescribeQuorum, kafkatest.AnyBroker)
	var named atomic.Int32
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		answer.(*kmsg.MetadataResponse).ControllerID = named.Add(1) % 3
	})
	cfg := testConfig(fake.Brokers()...)
	cfg.RequestTimeout = 4 * time.Second // a quarter of which is long enough to have sent it
	client := newClientOf(t, cfg, nil)
	ask := everything()
	ask.Quorum = true
	s := snapshot(t, client, ask)
	require.Len(t, s.Failures, 1)
	assert.Equal(t, cluster.CodeNoAnswer, s.Failures[0].Code)
	assert.Equal(t, 1, fake.Requests()["DescribeQuorum"])
	s.Failures = nil
	requireWhole(t, s, 1, 3, 2)
}

// An election that is over when the controllers are asked again is no failure.
func TestQuorumAfterAnElection(t *testing.T) {
	fake := kafkatest.StartFake(t, 3)
	electing := true
	fake.Offer(kmsg.DescribeQuorum, 2, func() kmsg.Response { // one at a time
		answer := quorumAnswer([]replicaState{replicaOf(1, 5, 9, 9)}, nil)
		if electing {
			answer.Topics[0].Partitions[0].ErrorCode = kerr.NotLeaderForPartition.Code
		}
		electing = false
		return answer
	})
	s := snapshot(t, newTestClient(t, fake.Brokers()...), askQuorum())
	assert.Empty(t, s.Failures)
	assert.NotNil(t, s.Quorum)
}

// Of three controllers one is stopped that does not lead: its lag and its ages grow, and
// are as before when it is back. Kafka's own tool is the authority on who leads and votes.
func TestIntegrationSoakQuorum(t *testing.T) {
	for _, version := range kafkatest.VersionsWithNewGroups() {
		t.Run(version, func(t *testing.T) {
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version, Brokers: 3})
			client := newTestClient(t, kafka.Brokers()...)
			wait := func(condition func(*assert.CollectT, []cluster.QuorumReplica)) {
				t.Helper()
				require.EventuallyWithT(t, func(now *assert.CollectT) {
					q := snapshot(t, client, askQuorum()).Quorum
					require.NotNil(now, q)
					require.Len(now, q.Voters, 3)
					condition(now, q.Voters)
				}, time.Minute, 200*time.Millisecond)
			}
			// A controller writes a record each half second, whatever else there is.
			const recently = 2000
			following := func(now *assert.CollectT, voter cluster.QuorumReplica) {
				assert.LessOrEqual(now, voter.Lag, cluster.Offset(3))
				require.NotNil(now, voter.LastFetchAge)
				assert.Less(now, *voter.LastFetchAge, int64(recently))
				require.NotNil(now, voter.LastCaughtUpAge)
				assert.Less(now, *voter.LastCaughtUpAge, int64(recently))
			}
			allFollow := func(now *assert.CollectT, voters []cluster.QuorumReplica) {
				for i, voter := range voters {
					assert.Equal(now, int32(i+1), voter.ID)
					following(now, voter)
				}
			}
			wait(allFollow)
			q := snapshot(t, client, askQuorum()).Quorum
			assert.Empty(t, q.Observers, "all brokers are controllers")
			leader := q.Voters[q.Leader-1]
			assert.Equal(t, heardOf(q.Leader, 0, 0, 0), leader)
			status := kafka.Tool(t, "org.apache.kafka.tools.MetadataQuorumCommand",
				"--bootstrap-server", kafka.Brokers()[0], "describe", "--status")
			assert.Regexp(t, fmt.Sprintf(`LeaderId:\s+%d\n`, q.Leader), status)
			assert.Regexp(t, fmt.Sprintf(`LeaderEpoch:\s+%d\n`, q.Epoch), status)

			stopped := q.Leader%3 + 1
			kafka.Broker(stopped).Stop(t)
			var lag cluster.Offset
			for _, seconds := range []int64{3, 6} {
				wait(func(now *assert.CollectT, voters []cluster.QuorumReplica) {
					for _, voter := range voters {
						if voter.ID != stopped {
							following(now, voter)
							continue
						}
						require.NotNil(now, voter.LastFetchAge)
						assert.GreaterOrEqual(now, *voter.LastFetchAge, seconds*1000)
						require.NotNil(now, voter.LastCaughtUpAge)
						assert.GreaterOrEqual(now, *voter.LastCaughtUpAge, *voter.LastFetchAge)
						require.Greater(now, voter.Lag, lag+2)
						lag = voter.Lag
					}
				})
			}
			t.Log("lag of the controller that is stopped:", lag)
			kafka.Broker(stopped).Start(t)
			wait(allFollow)
		})
	}
}

// Brokers with ZooKeeper have neither a quorum nor eligible leaders, and are not asked.
func TestIntegrationZooKeeperInPlaceOfAQuorum(t *testing.T) {
	for _, version := range []string{"0.11.0.3", "2.8.2"} {
		t.Run(version, func(t *testing.T) {
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version})
			kafka.CreateTopic(t, "orders", 1, 1, map[string]string{"min.insync.replicas": "2"})
			traffic := kafkatest.NewTally()
			client := newClientOf(t, testConfig(kafka.Brokers()...), traffic)
			ask := askEligibleLeaders()
			ask.Quorum, ask.Reassignments = true, true
			for range 2 {
				s := snapshot(t, client, ask)
				assert.Empty(t, s.Failures)
				assert.Nil(t, s.Quorum)
				require.NotNil(t, s.Topics["orders"].Config)
				assert.False(t, s.Topics["orders"].Partitions[0].EligibleLeadersKnown)
			}
			for _, api := range []string{"DescribeQuorum", "DescribeTopicPartitions", "ListPartitionReassignments"} {
				assert.Zero(t, traffic.Requests[api], api)
			}
		})
	}
}
