// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func askEligibleLeaders() Request {
	return Request{Topic: anything, MinInSync: true, EligibleLeaders: true}
}

// tooFewInSync is a cluster whose topics a and z have fewer replicas in sync than they ask
// for, and m enough. Each partition but those of m may be led by as many others as its id.
func tooFewInSync(t *testing.T, partitions int32) *kafkatest.Fake {
	t.Helper()
	fake := kafkatest.StartFake(t, 1)
	for _, topic := range []string{"a", "z"} {
		fake.CreateTopic(t, topic, partitions, 1, map[string]string{"min.insync.replicas": "2"})
	}
	fake.CreateTopic(t, "m", partitions, 1, nil)
	fake.Rewrite(kmsg.DescribeTopicPartitions, func(_ int32, answer kmsg.Response) {
		for i := range answer.(*kmsg.DescribeTopicPartitionsResponse).Topics {
			partitions := answer.(*kmsg.DescribeTopicPartitionsResponse).Topics[i].Partitions
			for j := range partitions {
				partitions[j].EligibleLeaderReplicas = make([]int32, partitions[j].Partition)
			}
		}
	})
	fake.ResetRequests()
	return fake
}

// assertEligible says that all is known of the topic, or nothing.
func assertEligible(t *testing.T, topic *cluster.Topic, known bool) {
	t.Helper()
	for i := range topic.Partitions {
		p := &topic.Partitions[i]
		require.Equal(t, known, p.EligibleLeadersKnown, "%s %d", topic.Name, p.ID)
		if known {
			require.Equal(t, p.ID, p.EligibleLeaders, "%s %d", topic.Name, p.ID)
		}
	}
}

func TestEligibleLeaders(t *testing.T) {
	const partitions = partitionsPerPage/2 + 100 // so that the second topic is cut
	fake := tooFewInSync(t, partitions)
	client := newTestClient(t, fake.Brokers()...)
	s := snapshot(t, client, askEligibleLeaders())
	assert.Empty(t, s.Failures)
	assertEligible(t, s.Topics["a"], true)
	assertEligible(t, s.Topics["z"], true)
	assertEligible(t, s.Topics["m"], false)
	assert.Equal(t, 2, fake.Requests()["DescribeTopicPartitions"], "pages")

	fake.ResetRequests()
	ask := askEligibleLeaders()
	ask.Topic = func(name string) bool { return name == "m" }
	assert.Empty(t, snapshot(t, client, ask).Failures)
	assert.Zero(t, fake.Requests()["DescribeTopicPartitions"], "enough are in sync")
}

// What brokers do not describe costs nothing else.
func TestEligibleLeadersAreNotDescribed(t *testing.T) {
	pages := int32(0)
	for name, tt := range map[string]struct {
		change func(*kmsg.DescribeTopicPartitionsResponse)
		code   string
		known  []string
		pages  int
	}{
		"without the right": {
			func(a *kmsg.DescribeTopicPartitionsResponse) {
				a.Topics[0].ErrorCode, a.Topics[0].Partitions = kerr.TopicAuthorizationFailed.Code, nil
			}, "TOPIC_AUTHORIZATION_FAILED", []string{"z"}, 1,
		},
		"a page that does not end": {
			func(a *kmsg.DescribeTopicPartitionsResponse) {
				a.NextCursor = &kmsg.DescribeTopicPartitionsResponseNextCursor{Topic: "a", Partition: 1}
			}, cluster.CodeBadAnswer, []string{"a", "z"}, 2,
		},
		"pages without end": {
			func(a *kmsg.DescribeTopicPartitionsResponse) {
				pages++
				a.NextCursor = &kmsg.DescribeTopicPartitionsResponseNextCursor{Topic: "a", Partition: pages}
			}, cluster.CodeBadAnswer, []string{"a", "z"}, 2*3 + 1,
		},
		"a page of another topic": {
			func(a *kmsg.DescribeTopicPartitionsResponse) {
				a.NextCursor = &kmsg.DescribeTopicPartitionsResponseNextCursor{Topic: "m"}
			}, cluster.CodeBadAnswer, []string{"a", "z"}, 1,
		},
		"an error of a topic that nobody asked about": {
			func(a *kmsg.DescribeTopicPartitionsResponse) {
				name := "other"
				a.Topics = append(a.Topics, kmsg.DescribeTopicPartitionsResponseTopic{Topic: &name, ErrorCode: kerr.UnknownServerError.Code})
			}, "", []string{"a", "z"}, 1,
		},
		"topics that nobody asked about": {
			func(a *kmsg.DescribeTopicPartitionsResponse) {
				name := "m"
				a.Topics = append(a.Topics, kmsg.DescribeTopicPartitionsResponseTopic{Topic: &name, Partitions: a.Topics[0].Partitions})
			}, "", []string{"a", "z"}, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			fake := tooFewInSync(t, 3)
			fake.Rewrite(kmsg.DescribeTopicPartitions, func(_ int32, answer kmsg.Response) {
				tt.change(answer.(*kmsg.DescribeTopicPartitionsResponse))
			})
			s := snapshot(t, newTestClient(t, fake.Brokers()...), askEligibleLeaders())
			var codes []string
			for _, f := range s.Failures {
				codes = append(codes, f.Code)
				assert.Equal(t, "DescribeTopicPartitions", f.API)
			}
			assert.Equal(t, tt.code, strings.Join(codes, " "))
			for _, topic := range tt.known {
				assertEligible(t, s.Topics[topic], true)
			}
			assertEligible(t, s.Topics["m"], false)
			assert.Equal(t, tt.pages, fake.Requests()["DescribeTopicPartitions"])
		})
	}
}

// A topic asks for three replicas in sync, and one is away: it may still lead. Kafka's own
// tool is the authority.
func TestIntegrationSoakEligibleLeaders(t *testing.T) {
	for _, version := range kafkatest.VersionsWithNewGroups() {
		t.Run(version, func(t *testing.T) {
			kafka := kafkatest.Start(t, kafkatest.Options{Version: version, Brokers: 3})
			kafka.CreateTopic(t, "orders", 1, 3, map[string]string{"min.insync.replicas": "3"})
			client := newTestClient(t, kafka.Brokers()...)
			orders := func() cluster.Partition {
				return snapshot(t, client, askEligibleLeaders()).Topics["orders"].Partitions[0]
			}
			require.Eventually(t, func() bool { return len(orders().InSync) == 3 }, time.Minute, 200*time.Millisecond)
			assert.False(t, orders().EligibleLeadersKnown)

			away := orders().Replicas[2]
			kafka.Broker(away).Stop(t)
			require.Eventually(t, func() bool { return orders().EligibleLeaders == 1 }, time.Minute, 200*time.Millisecond)
			described := kafka.Tool(t, "org.apache.kafka.tools.TopicCommand",
				"--bootstrap-server", strings.Join(kafka.Brokers(), ","), "--describe", "--topic", "orders")
			assert.Contains(t, described, "Elr: "+strconv.Itoa(int(away)))

			kafka.Broker(away).Start(t)
			require.Eventually(t, func() bool { return !orders().EligibleLeadersKnown }, time.Minute, 200*time.Millisecond)
		})
	}
}
