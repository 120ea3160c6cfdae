// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"maps"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
)

// BrokerState is what is known of a broker after a snapshot.
type BrokerState = broker.State

// Brokers returns the state of each broker that the metadata names, by id.
func (c *Client) Brokers() []BrokerState { return c.pool.States() }

// Access is what snapshots have found out about this login and these brokers, and what
// is no failure.
type Access struct {
	// DescribeCluster says whether the login may describe the cluster, nil where
	// brokers have not said.
	DescribeCluster *bool
	// NoTopicConfigs says that it may not read the settings of some topic, which are
	// asked for because of [Request.Deletion] alone.
	NoTopicConfigs bool
	// Unsupported names the requests that some broker does not offer, sorted.
	Unsupported []string
}

// Access returns what the snapshots until now have found out.
func (c *Client) Access() Access {
	return Access{
		DescribeCluster: c.metadata.describesCluster,
		NoTopicConfigs:  c.memory.refusedDeletion,
		Unsupported:     slices.Sorted(maps.Keys(c.memory.unsupported)),
	}
}
