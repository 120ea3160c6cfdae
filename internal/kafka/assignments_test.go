// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafkatest"
)

// Those of KIP-848 are tested on real Kafka: the fake names no topics there.
func TestAssignments(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	fake.CreateTopic(t, "a", 3, 1, nil)
	fake.CreateTopic(t, "b", 1, 1, nil)
	fake.Join(t, "classic", "a", "b")
	client := newTestClient(t, fake.Brokers()...)
	ask := everything()
	ask.Assignments = true
	for name, tt := range map[string]struct {
		change func(*kmsg.DescribeGroupsResponseGroup)
		topic  func(string) bool
		want   []cluster.Assignment
	}{
		"both topics": {nil, anything, []cluster.Assignment{
			{Topic: "a", Members: 1, Partitions: []int32{0, 1, 2}}, {Topic: "b", Members: 1, Partitions: []int32{0}},
		}},
		"one that is wanted": {nil, func(name string) bool { return name == "b" }, []cluster.Assignment{
			{Topic: "b", Members: 1, Partitions: []int32{0}},
		}},
		"bytes that are no assignment": {func(g *kmsg.DescribeGroupsResponseGroup) {
			g.Members[0].MemberAssignment = []byte("\x00\x01\xff\xff\xff\xff connectors")
		}, anything, []cluster.Assignment{}},
		"another protocol's": {func(g *kmsg.DescribeGroupsResponseGroup) { g.ProtocolType = "connect" }, anything, nil},
	} {
		t.Run(name, func(t *testing.T) {
			fake.Honest()
			if tt.change != nil {
				fake.Rewrite(kmsg.DescribeGroups, func(_ int32, answer kmsg.Response) {
					tt.change(&answer.(*kmsg.DescribeGroupsResponse).Groups[0])
				})
			}
			ask.Topic = tt.topic
			s := snapshot(t, client, ask)
			assert.Empty(t, s.Failures)
			assert.Equal(t, tt.want, s.Groups["classic"].Assigned)
			assert.True(t, s.Groups["classic"].Described)
		})
	}
}
