// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"math"
	"net"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/collector/confmap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// scene makes one cause of docs/missing-lag.md happen, on the cluster that
// seeded starts.
type scene struct {
	// enable turns on what is not on by default.
	enable func(*Config)
	// arrange changes cluster and configuration before the receiver starts,
	// later breaks something after a scrape that was whole.
	arrange func(*testing.T, *kafkatest.Fake, *Config)
	later   func(*testing.T, *kafkatest.Fake)
	// missing is what there is no point of then. It is there without the
	// cause, unless never.
	missing point
	never   bool
	// remains is what is there all the same.
	remains []point
}

var (
	anything   = point{"kafka.brokers", ""}
	group      = point{"kafka.consumer_group.lag", "group=billing"}
	groupInfo  = point{"kafka.consumer_group.info", "group=billing"}
	otherGroup = point{"kafka.consumer_group.lag", "group=shipping"}
	partition  = point{"kafka.consumer_group.lag", "group=billing topic=orders partition=0"}
	other      = point{"kafka.consumer_group.lag", "group=billing topic=orders partition=1"}
	sum        = point{"kafka.consumer_group.lag_sum", "group=billing"}
	timeLag    = point{"kafka.consumer_group.time_lag_max", "group=billing"}
	size       = point{"kafka.partition.size", ""}
	gap        = point{"kafka.partition.last_stable_offset_gap", ""}
	zooKeeper  = point{"kafka.consumer_group.zookeeper.lag", ""}

	openTransaction = point{"kafka.partition.open_transaction_age", ""}
)

// rebalance has brokers say that classic groups are rebalancing.
func rebalance(_ *testing.T, fake *kafkatest.Fake) {
	fake.Rewrite(kmsg.DescribeGroups, func(_ int32, answer kmsg.Response) {
		for i := range answer.(*kmsg.DescribeGroupsResponse).Groups {
			answer.(*kmsg.DescribeGroupsResponse).Groups[i].State = "PreparingRebalance"
		}
	})
}

// scenes are by the id of their row.
var scenes = map[string]scene{
	"nobody-listens": {missing: anything, arrange: func(t *testing.T, _ *kafkatest.Fake, cfg *Config) {
		t.Helper()
		cfg.Brokers = []string{nobody(t)}
	}},
	"no-answer": {missing: anything, arrange: func(_ *testing.T, fake *kafkatest.Fake, cfg *Config) {
		cfg.RequestTimeout = 200 * time.Millisecond
		fake.Hang(kmsg.Metadata, kafkatest.AnyBroker)
	}},
	"plain-text-to-a-tls-port": {missing: anything, arrange: func(t *testing.T, _ *kafkatest.Fake, cfg *Config) {
		t.Helper()
		i := slices.IndexFunc(kafkatest.Noises, func(n kafkatest.Noise) bool { return n.Name == "TLS alert" })
		cfg.Brokers = []string{kafkatest.StartNoise(t, kafkatest.Noises[i]).Addr()}
	}},
	"tls-to-a-plain-text-port": {missing: anything, arrange: func(t *testing.T, _ *kafkatest.Fake, cfg *Config) {
		t.Helper()
		require.NoError(t, confmap.NewFromStringMap(map[string]any{"tls": map[string]any{}}).Unmarshal(cfg))
	}},
	"a-login-is-required": {missing: anything, arrange: func(t *testing.T, _ *kafkatest.Fake, cfg *Config) {
		t.Helper()
		cfg.Brokers = kafkatest.StartFake(t, 1, kfake.EnableSASL()).Brokers()
	}},
	"a-controller": {missing: anything, arrange: func(_ *testing.T, fake *kafkatest.Fake, _ *Config) {
		fake.Without(kmsg.Metadata)
	}},
	"the-port-closes-connections": {missing: anything, arrange: func(t *testing.T, fake *kafkatest.Fake, cfg *Config) {
		t.Helper()
		proxy := kafkatest.StartProxy(t, fake.Brokers()[0])
		proxy.Refuse()
		cfg.Brokers = []string{proxy.Addr()}
	}},
	"another-cluster-answers": {missing: anything, arrange: func(t *testing.T, _ *kafkatest.Fake, cfg *Config) {
		t.Helper()
		cfg.Brokers = append(cfg.Brokers, nobody(t)) // may belong to the old one
	}, later: func(t *testing.T, fake *kafkatest.Fake) {
		t.Helper()
		fake.TakeOver(t, kfake.ClusterID("another"))
	}},
	"the-login-is-refused": {missing: anything, arrange: func(t *testing.T, _ *kafkatest.Fake, cfg *Config) {
		t.Helper()
		cfg.Brokers = kafkatest.StartFake(t, 1, kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-512", "monitor", "right")).Brokers()
		cfg.Auth.SASL = &sasl.Config{Mechanism: "SCRAM-SHA-512", Username: "monitor", Password: "wrong"}
	}},

	"left-out-by-name": {missing: group, remains: []point{otherGroup}, arrange: func(_ *testing.T, _ *kafkatest.Fake, cfg *Config) {
		cfg.GroupExclude = "^billing$"
	}},
	"left-out-by-state-or-type": {missing: group, arrange: func(_ *testing.T, _ *kafkatest.Fake, cfg *Config) {
		cfg.GroupStates = []string{"Stable"}
	}},
	"too-many-groups": {
		missing: otherGroup, remains: []point{group},
		arrange: func(_ *testing.T, _ *kafkatest.Fake, cfg *Config) { cfg.MaxGroups = 1 },
	},
	"nothing-committed": {
		missing: point{"kafka.consumer_group.lag", "group=new"}, never: true,
		remains: []point{{"kafka.consumer_group.info", "group=new"}, {"kafka.consumer_group.members", "group=new"}},
		arrange: func(t *testing.T, fake *kafkatest.Fake, _ *Config) {
			t.Helper()
			fake.Join(t, "new", "orders")
		},
	},
	"forgotten": {missing: group, remains: []point{otherGroup}, later: func(t *testing.T, fake *kafkatest.Fake) {
		t.Helper()
		fake.DeleteGroup(t, "billing")
	}},
	"no-acl-on-the-group": {missing: group, remains: []point{groupInfo}, later: func(_ *testing.T, fake *kafkatest.Fake) {
		failCommits(fake, kerr.GroupAuthorizationFailed)
	}},
	"no-acl-on-the-cluster": {missing: group, remains: []point{otherGroup}, arrange: func(_ *testing.T, fake *kafkatest.Fake, _ *Config) {
		fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
			answer.(*kmsg.MetadataResponse).AuthorizedOperations = 0
		})
		unlist(fake, "billing")
	}},
	"the-coordinator-is-loading": {missing: group, remains: []point{groupInfo}, later: func(_ *testing.T, fake *kafkatest.Fake) {
		failCommits(fake, kerr.CoordinatorLoadInProgress)
	}},
	"the-coordinator-is-moving": {missing: group, remains: []point{groupInfo}, later: func(_ *testing.T, fake *kafkatest.Fake) {
		failCommits(fake, kerr.NotCoordinator)
	}},
	"the-coordinator-is-gone": {missing: group, later: func(_ *testing.T, fake *kafkatest.Fake) {
		gone := fake.Kfake.CoordinatorFor("billing")
		fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
			m := answer.(*kmsg.MetadataResponse)
			m.Brokers = slices.DeleteFunc(m.Brokers, func(b kmsg.MetadataResponseBroker) bool { return b.NodeID == gone })
		})
	}},
	"the-coordinator-does-not-answer": {missing: group, remains: []point{groupInfo}, arrange: quickly, later: func(_ *testing.T, fake *kafkatest.Fake) {
		fake.Hang(kmsg.OffsetFetch, fake.Kfake.CoordinatorFor("billing"))
	}},

	"the-broker-throttles": {missing: group, remains: []point{anything}, later: func(_ *testing.T, fake *kafkatest.Fake) {
		coordinator := fake.Kfake.CoordinatorFor("billing")
		fake.Rewrite(kmsg.ListGroups, func(broker int32, answer kmsg.Response) {
			if broker == coordinator {
				answer.(*kmsg.ListGroupsResponse).ThrottleMillis = math.MaxInt32
			}
		})
	}},
	"the-answer-is-not-kafkas": {missing: group, remains: []point{groupInfo}, later: func(_ *testing.T, fake *kafkatest.Fake) {
		fake.AnswerBytes(kmsg.OffsetFetch, []byte("whatever"))
	}},
	"the-topic-is-left-out-by-name": {missing: group, remains: []point{groupInfo}, arrange: func(_ *testing.T, _ *kafkatest.Fake, cfg *Config) {
		cfg.TopicMatch = "^payments$"
	}},
	"the-topic-was-deleted": {missing: group, remains: []point{groupInfo}, later: func(t *testing.T, fake *kafkatest.Fake) {
		t.Helper()
		fake.CreateTopic(t, "payments", 1, 1, nil)
		hideTopic(fake, "orders")
	}},
	"no-acl-on-the-topic": {missing: group, remains: []point{groupInfo}, arrange: func(t *testing.T, fake *kafkatest.Fake, _ *Config) {
		t.Helper()
		fake.CreateTopic(t, "payments", 1, 1, nil)
		hideTopic(fake, "orders")
		fake.Rewrite(kmsg.OffsetFetch, func(_ int32, answer kmsg.Response) {
			for i := range answer.(*kmsg.OffsetFetchResponse).Groups {
				answer.(*kmsg.OffsetFetchResponse).Groups[i].Topics = nil
			}
		})
	}},
	"no-acl-on-any-topic": {missing: group, remains: []point{groupInfo}, arrange: func(_ *testing.T, fake *kafkatest.Fake, _ *Config) {
		hideTopic(fake, "orders")
	}},

	"nothing-committed-in-the-partition": {
		missing: point{"kafka.consumer_group.lag", "group=billing topic=orders partition=2"}, never: true,
		remains: []point{partition, sum},
	},
	"a-sum-does-not-fit-a-number": {missing: sum, remains: []point{partition}, arrange: func(_ *testing.T, fake *kafkatest.Fake, _ *Config) {
		fake.Rewrite(kmsg.ListOffsets, func(_ int32, answer kmsg.Response) {
			for i := range answer.(*kmsg.ListOffsetsResponse).Topics {
				partitions := answer.(*kmsg.ListOffsetsResponse).Topics[i].Partitions
				for j := range partitions {
					partitions[j].Offset = math.MaxInt64
				}
			}
		})
	}},
	"no-leader-since-the-start": {missing: partition, arrange: func(_ *testing.T, fake *kafkatest.Fake, _ *Config) {
		fake.Leaderless("orders", 0)
	}},
	"the-leader-does-not-answer": {missing: partition, remains: []point{other}, arrange: func(t *testing.T, fake *kafkatest.Fake, cfg *Config) {
		t.Helper()
		quickly(t, fake, cfg)
		fake.MoveLeader(t, "orders", 0, 0)
		fake.MoveLeader(t, "orders", 1, 1)
	}, later: func(_ *testing.T, fake *kafkatest.Fake) { fake.Hang(kmsg.ListOffsets, 0) }},
	"the-brokers-address-leads-nowhere": {missing: partition, remains: []point{other}, arrange: func(t *testing.T, fake *kafkatest.Fake, cfg *Config) {
		t.Helper()
		fake.MoveLeader(t, "orders", 0, 0)
		fake.MoveLeader(t, "orders", 1, 1)
		cfg.Brokers = fake.Brokers()[1:]
		fake.Proxies(t)[0].Close()
	}},
	"the-leader-is-moving": {missing: sum, arrange: func(t *testing.T, fake *kafkatest.Fake, _ *Config) {
		t.Helper()
		fake.MoveLeader(t, "orders", 0, 0)
		fake.MoveLeader(t, "orders", 1, 1)
	}, remains: []point{other}, later: func(_ *testing.T, fake *kafkatest.Fake) {
		fake.Fail(kmsg.ListOffsets, 0, kerr.NotLeaderForPartition, -1)
	}},
	"no-member-has-the-partition": {missing: group, arrange: func(_ *testing.T, _ *kafkatest.Fake, cfg *Config) {
		cfg.OnlyAssignedPartitions = true
	}},
	"assignments-are-not-known": {
		enable:  func(cfg *Config) { cfg.OnlyAssignedPartitions = true },
		missing: point{"kafka.consumer_group.lag", "group=new"}, never: true,
		arrange: func(t *testing.T, fake *kafkatest.Fake, _ *Config) {
			t.Helper()
			fake.Commit(t, "new", map[string]map[int32]int64{"orders": {0: 1}})
			fake.Join(t, "new", "orders")
		},
		later: rebalance,
	},
	"too-many-partitions": {missing: partition, remains: []point{sum}, arrange: func(_ *testing.T, _ *kafkatest.Fake, cfg *Config) {
		cfg.MaxGroupPartitions = 1
	}},

	"the-search-has-not-got-there": {missing: timeLag, never: true, remains: []point{group}, arrange: func(_ *testing.T, _ *kafkatest.Fake, cfg *Config) {
		cfg.CollectionInterval = time.Hour // the first scrape is the last
	}},
	"the-search-is-off": {missing: timeLag, never: true, remains: []point{group}, arrange: func(_ *testing.T, _ *kafkatest.Fake, cfg *Config) {
		cfg.TimeLag.SearchBudget = 0
	}},
	"no-connections-for-look-ups": {missing: timeLag, never: true, remains: []point{group}, arrange: func(t *testing.T, fake *kafkatest.Fake, cfg *Config) {
		t.Helper()
		proxies := fake.Proxies(t)
		cfg.Brokers = []string{proxies[0].Addr()}
		for _, p := range proxies {
			p.Limit(1) // which scrapes have
		}
	}},
	"look-ups-are-not-answered": {missing: timeLag, never: true, remains: []point{group}, arrange: func(_ *testing.T, fake *kafkatest.Fake, _ *Config) {
		fake.Rewrite(kmsg.ListOffsets, func(_ int32, answer kmsg.Response) {
			for i := range answer.(*kmsg.ListOffsetsResponse).Topics {
				for j := range answer.(*kmsg.ListOffsetsResponse).Topics[i].Partitions {
					// Those that were not asked by time have no time.
					if p := &answer.(*kmsg.ListOffsetsResponse).Topics[i].Partitions[j]; p.Timestamp >= 0 {
						p.ErrorCode = kerr.UnknownServerError.Code
					}
				}
			}
		})
	}},

	"not-enabled": {missing: size, never: true, remains: []point{group}},
	"this-kafka-does-not-offer-it": {
		enable:  func(cfg *Config) { cfg.Metrics.KafkaPartitionSize.Enabled = true },
		missing: size, remains: []point{group},
		arrange: func(_ *testing.T, fake *kafkatest.Fake, _ *Config) { fake.Without(kmsg.DescribeLogDirs) },
	},
	"no-owner-while-rebalancing": {
		enable:  func(cfg *Config) { cfg.Metrics.KafkaConsumerGroupPartitionOwner.Enabled = true },
		missing: point{"kafka.consumer_group.partition_owner", "group=new"}, never: true,
		remains: []point{{"kafka.consumer_group.rebalancing", "group=new"}, group},
		arrange: func(t *testing.T, fake *kafkatest.Fake, _ *Config) {
			t.Helper()
			fake.Join(t, "new", "orders")
		},
		later: rebalance,
	},
	"a-log-directory-is-offline": {
		enable: func(cfg *Config) {
			cfg.Metrics.KafkaPartitionSize.Enabled, cfg.Metrics.KafkaBrokerLogDirOffline.Enabled = true, true
		},
		missing: size, remains: []point{group},
		arrange: func(_ *testing.T, fake *kafkatest.Fake, _ *Config) {
			fake.Rewrite(kmsg.DescribeLogDirs, func(_ int32, answer kmsg.Response) {
				for i, dir := range answer.(*kmsg.DescribeLogDirsResponse).Dirs {
					answer.(*kmsg.DescribeLogDirsResponse).Dirs[i] = kmsg.DescribeLogDirsResponseDir{
						Dir: dir.Dir, ErrorCode: kerr.KafkaStorageError.Code,
					}
				}
			})
		},
	},
	"nothing-goes-on": {
		enable:  func(cfg *Config) { cfg.Metrics.KafkaPartitionReassigning.Enabled = true },
		missing: point{"kafka.partition.reassigning", ""}, never: true, remains: []point{group},
	},
	"there-is-no-quorum": {
		enable:  func(cfg *Config) { cfg.Metrics.KafkaQuorumVoters.Enabled = true },
		missing: point{"kafka.quorum.voters", ""}, never: true, remains: []point{group},
	},
	"this-kafka-has-no-transactions": {
		enable:  func(cfg *Config) { cfg.Metrics.KafkaPartitionLastStableOffsetGap.Enabled = true },
		missing: gap, remains: []point{group},
		arrange: func(_ *testing.T, fake *kafkatest.Fake, _ *Config) { fake.Limit(kmsg.ListOffsets, 1) },
	},
	"no-transaction-is-open": {missing: openTransaction, never: true, remains: []point{gap}, enable: func(cfg *Config) {
		cfg.Metrics.KafkaPartitionLastStableOffsetGap.Enabled = true
		cfg.Metrics.KafkaPartitionOpenTransactionAge.Enabled = true
	}},
	"zookeeper-does-not-answer": {missing: zooKeeper, never: true, remains: []point{group}, arrange: func(t *testing.T, _ *kafkatest.Fake, cfg *Config) {
		t.Helper()
		withZooKeeperMetrics(cfg, nobody(t))
	}},
	"zookeeper-answers-nonsense": {missing: zooKeeper, never: true, remains: []point{group}, arrange: func(t *testing.T, _ *kafkatest.Fake, cfg *Config) {
		t.Helper()
		empty := kafkatest.Noise{Reply: "\x00\x00\x00\x00"}
		withZooKeeperMetrics(cfg, kafkatest.StartNoise(t, empty).Addr())
	}},
}

// quickly gives up on brokers that hang.
func quickly(_ *testing.T, _ *kafkatest.Fake, cfg *Config) {
	cfg.RequestTimeout = 200 * time.Millisecond
}

// failCommits answers every question for billing's commits with an error.
func failCommits(fake *kafkatest.Fake, code *kerr.Error) {
	fake.Fail(kmsg.OffsetFetch, fake.Kfake.CoordinatorFor("billing"), code, -1)
}

// unlist has no broker name the group.
func unlist(fake *kafkatest.Fake, group string) {
	fake.Rewrite(kmsg.ListGroups, func(_ int32, answer kmsg.Response) {
		list := answer.(*kmsg.ListGroupsResponse)
		list.Groups = slices.DeleteFunc(list.Groups, func(g kmsg.ListGroupsResponseGroup) bool { return g.Group == group })
	})
}

// hideTopic has the metadata not name the topic.
func hideTopic(fake *kafkatest.Fake, topic string) {
	fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
		m := answer.(*kmsg.MetadataResponse)
		m.Topics = slices.DeleteFunc(m.Topics, func(t kmsg.MetadataResponseTopic) bool { return t.Topic != nil && *t.Topic == topic })
	})
}

// nobody is an address where nobody listens, of a port that no connection takes meanwhile.
func nobody(t *testing.T) string {
	t.Helper()
	port, err := kafkatest.FreePort()
	require.NoError(t, err)
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}
