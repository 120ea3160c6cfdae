// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// Operations and resources, as Kafka's ACLs have them.
const (
	describe        = "Describe"
	describeConfigs = "DescribeConfigs"

	onCluster = "cluster"
	onTopics  = "topic"
	onGroups  = "group"
)

// refusals are the codes by which brokers say that a right is missing.
var refusals = map[string]string{
	"CLUSTER_AUTHORIZATION_FAILED": onCluster,
	"TOPIC_AUTHORIZATION_FAILED":   onTopics,
	"GROUP_AUTHORIZATION_FAILED":   onGroups,
}

// need is a part of what a configuration may ask for, and the right that it takes.
type need struct {
	what                string
	operation, resource string
	// api is the request that it rests on, empty where these are many.
	api string
	// wanted reports whether it was asked for, learned whether it was answered.
	wanted  func(snapshot.Request) bool
	learned func(*receiver.SingleScrape) bool
	// hidden reports whether what was not learned may be there, and may not be seen. Nil:
	// brokers say so.
	hidden func(*receiver.SingleScrape) bool
}

// needs are those of docs/acls.md.
var needs = []need{
	{
		what: "topics, partitions and lag", operation: describe, resource: onTopics,
		wanted:  func(snapshot.Request) bool { return true },
		learned: func(s *receiver.SingleScrape) bool { return len(s.Snapshot.Topics)+s.Snapshot.FilteredTopics > 0 },
		hidden:  func(*receiver.SingleScrape) bool { return true },
	},
	{
		what: "groups", operation: describe, resource: onGroups,
		wanted:  func(ask snapshot.Request) bool { return ask.Group != nil },
		learned: func(s *receiver.SingleScrape) bool { return len(s.Snapshot.Groups) > 0 },
		hidden:  func(s *receiver.SingleScrape) bool { return s.Snapshot.FilteredGroups == 0 && !describesCluster(s) },
	},
	{
		what: "the names of all groups", operation: describe, resource: onCluster,
		wanted:  func(ask snapshot.Request) bool { return ask.Group != nil },
		learned: describesCluster,
	},
	{
		what: "reassignments", operation: describe, resource: onCluster, api: broker.APIListPartitionReassignments,
		wanted:  func(ask snapshot.Request) bool { return ask.Reassignments },
		learned: describesCluster,
	},
	{
		what: "retention margin", operation: describeConfigs, resource: onTopics, api: broker.APIDescribeConfigs,
		wanted:  func(ask snapshot.Request) bool { return ask.Deletion },
		learned: knowsTopicConfigs,
	},
	{
		what: "settings of topics", operation: describeConfigs, resource: onTopics, api: broker.APIDescribeConfigs,
		wanted:  func(ask snapshot.Request) bool { return ask.MinInSync || ask.TopicRetention },
		learned: knowsTopicConfigs,
	},
	{
		what: "settings of brokers", operation: describeConfigs, resource: onCluster, api: broker.APIDescribeConfigs,
		wanted:  func(ask snapshot.Request) bool { return ask.BrokerRetention },
		learned: func(s *receiver.SingleScrape) bool { return len(s.Snapshot.BrokerConfigs) > 0 },
	},
	{
		what: "log directories and sizes", operation: describe, resource: onCluster, api: broker.APIDescribeLogDirs,
		wanted:  func(ask snapshot.Request) bool { return ask.LogDirs || ask.Sizes || ask.DeletionBySize },
		learned: func(s *receiver.SingleScrape) bool { return len(s.Snapshot.LogDirs) > 0 },
	},
	{
		what: "quorum", operation: describe, resource: onCluster, api: broker.APIDescribeQuorum,
		wanted:  func(ask snapshot.Request) bool { return ask.Quorum },
		learned: func(s *receiver.SingleScrape) bool { return s.Snapshot.Quorum != nil },
	},
}

func describesCluster(s *receiver.SingleScrape) bool {
	return s.Access.DescribeCluster != nil && *s.Access.DescribeCluster
}

func knowsTopicConfigs(s *receiver.SingleScrape) bool {
	for _, topic := range s.Snapshot.Topics {
		if topic.Config != nil {
			return true
		}
	}
	return false
}

// rightsOf says of each need whether the scrape had the right.
func rightsOf(s *receiver.SingleScrape) []Right {
	rights := make([]Right, len(needs))
	for i, n := range needs {
		rights[i] = Right{For: n.what, Operation: n.operation, Resource: n.resource, State: n.state(s)}
		rights[i].hidden = rights[i].State == StateUnknown && n.hidden != nil && n.hidden(s)
	}
	return rights
}

func (n need) state(s *receiver.SingleScrape) string {
	switch {
	case !n.wanted(s.Asked):
		return StateOff
	case n.refused(s):
		return StateMissing
	case slices.Contains(s.Access.Unsupported, n.api):
		return StateUnsupported
	case n.learned(s):
		return StatePresent
	case n.resource == onCluster && n.operation == describe && s.Access.DescribeCluster != nil && !*s.Access.DescribeCluster:
		return StateLimited
	}
	return StateUnknown
}

// refused reports whether a broker refused a request of n for want of the right.
func (n need) refused(s *receiver.SingleScrape) bool {
	if n.operation == describeConfigs && n.resource == onTopics && s.Access.NoTopicConfigs {
		return true
	}
	return slices.ContainsFunc(s.Snapshot.Failures, func(f cluster.Failure) bool {
		if refusals[f.Code] != n.resource {
			return false
		}
		return f.API == n.api || n.api == "" && f.API != broker.APIDescribeConfigs && n.resource != onCluster
	})
}
