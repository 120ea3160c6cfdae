// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

func TestRights(t *testing.T) {
	all := func(string) bool { return true }
	everything := snapshot.Request{
		Group: all, Reassignments: true, Deletion: true, MinInSync: true, BrokerRetention: true, LogDirs: true, Sizes: true, Quorum: true,
	}
	refused := func(api, code string) []cluster.Failure {
		return []cluster.Failure{{API: api, Code: code, Err: errors.New(code)}}
	}
	orders := map[string]*cluster.Topic{"orders": {Config: &cluster.TopicConfig{}}}
	billing := map[string]*cluster.Group{"billing": {}}
	for name, tt := range map[string]struct {
		asked    snapshot.Request
		snapshot cluster.Snapshot
		access   snapshot.Access
		// states are those of the needs, in their order.
		states []string
	}{
		"nothing is asked": {
			states: []string{StateUnknown, StateOff, StateOff, StateOff, StateOff, StateOff, StateOff, StateOff, StateOff},
		},
		"nothing is seen": {
			asked:  everything,
			states: []string{StateUnknown, StateUnknown, StateUnknown, StateUnknown, StateUnknown, StateUnknown, StateUnknown, StateUnknown, StateUnknown},
		},
		"all is seen": {
			asked: everything,
			snapshot: cluster.Snapshot{
				Topics: orders, Groups: billing, BrokerConfigs: map[int32]cluster.BrokerConfig{1: {}},
				LogDirs: map[int32][]cluster.LogDir{1: nil}, Quorum: &cluster.Quorum{},
			},
			access: snapshot.Access{DescribeCluster: new(true)},
			states: []string{StatePresent, StatePresent, StatePresent, StatePresent, StatePresent, StatePresent, StatePresent, StatePresent, StatePresent},
		},
		"all is filtered, and there are no groups": {
			asked:    everything,
			snapshot: cluster.Snapshot{FilteredTopics: 1},
			access:   snapshot.Access{DescribeCluster: new(true)},
			states:   []string{StatePresent, StateUnknown, StatePresent, StatePresent, StateUnknown, StateUnknown, StateUnknown, StateUnknown, StateUnknown},
		},
		"without the cluster": {
			asked:    everything,
			snapshot: cluster.Snapshot{Topics: orders, Groups: billing, Failures: refused("DescribeLogDirs", "CLUSTER_AUTHORIZATION_FAILED")},
			access:   snapshot.Access{DescribeCluster: new(false), Unsupported: []string{"DescribeQuorum"}},
			states:   []string{StatePresent, StatePresent, StateLimited, StateLimited, StatePresent, StatePresent, StateUnknown, StateMissing, StateUnsupported},
		},
		"without reassignments": {
			asked:    everything,
			snapshot: cluster.Snapshot{Topics: orders, Groups: billing, Failures: refused("ListPartitionReassignments", "CLUSTER_AUTHORIZATION_FAILED")},
			access:   snapshot.Access{DescribeCluster: new(false)},
			states:   []string{StatePresent, StatePresent, StateLimited, StateMissing, StatePresent, StatePresent, StateUnknown, StateLimited, StateLimited},
		},
		"without the settings of topics": {
			asked:    everything,
			snapshot: cluster.Snapshot{Topics: orders, Groups: billing, Failures: refused("DescribeConfigs", "TOPIC_AUTHORIZATION_FAILED")},
			states:   []string{StatePresent, StatePresent, StateUnknown, StateUnknown, StateMissing, StateMissing, StateUnknown, StateUnknown, StateUnknown},
		},
		"without them, which is no failure": {
			asked:    snapshot.Request{Deletion: true},
			snapshot: cluster.Snapshot{Topics: orders},
			access:   snapshot.Access{NoTopicConfigs: true},
			states:   []string{StatePresent, StateOff, StateOff, StateOff, StateMissing, StateOff, StateOff, StateOff, StateOff},
		},
		"without the settings of brokers": {
			asked:    everything,
			snapshot: cluster.Snapshot{Topics: orders, Groups: billing, Failures: refused("DescribeConfigs", "CLUSTER_AUTHORIZATION_FAILED")},
			access:   snapshot.Access{DescribeCluster: new(true)},
			states:   []string{StatePresent, StatePresent, StatePresent, StatePresent, StatePresent, StatePresent, StateMissing, StateUnknown, StateUnknown},
		},
		"without a topic of a group": {
			asked:    snapshot.Request{Group: all},
			snapshot: cluster.Snapshot{Topics: orders, Groups: billing, Failures: refused("ConsumerGroupDescribe", "TOPIC_AUTHORIZATION_FAILED")},
			states:   []string{StateMissing, StatePresent, StateUnknown, StateOff, StateOff, StateOff, StateOff, StateOff, StateOff},
		},
		"without a group": {
			asked:    snapshot.Request{Group: all},
			snapshot: cluster.Snapshot{Topics: orders, Groups: billing, Failures: refused("OffsetFetch", "GROUP_AUTHORIZATION_FAILED")},
			states:   []string{StatePresent, StateMissing, StateUnknown, StateOff, StateOff, StateOff, StateOff, StateOff, StateOff},
		},
	} {
		t.Run(name, func(t *testing.T) {
			states := make([]string, 0, len(needs))
			for _, right := range rightsOf(&receiver.SingleScrape{Asked: tt.asked, Snapshot: &tt.snapshot, Access: tt.access}) {
				states = append(states, right.State)
			}
			assert.Equal(t, tt.states, states)
		})
	}
}
