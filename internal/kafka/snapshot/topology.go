// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
)

// Topology learns a cluster's brokers and a few topics, through a pool that its owner
// sends other requests with. It follows the cluster's identity as scrapes do. One
// goroutine at a time may use it.
type Topology struct {
	pool     *broker.Pool
	log      *zap.Logger
	metadata metadataCache
	identity identity
}

// Learned is what Metadata says of a cluster. It is never changed.
type Learned struct {
	ClusterID string
	Brokers   map[int32]cluster.Broker
	// Controller is a broker id, or [cluster.NoBroker].
	Controller int32
	// Topics has those that were named, Unclear why one could not be described.
	Topics  map[string]*cluster.Topic
	Unclear map[string]error
}

// NewTopology returns what learns the brokers and the topics of these names, of which
// there is one at least.
func NewTopology(pool *broker.Pool, log *zap.Logger, topics ...string) *Topology {
	t := &Topology{pool: pool, log: log, identity: identity{pool: pool}}
	t.metadata = t.newCache(topics)
	return t
}

// newCache returns a cache that does not say which rights a scrape lacks.
func (t *Topology) newCache(topics []string) metadataCache {
	return metadataCache{pool: t.pool, log: t.log, topics: topics, aclsReported: true}
}

// Learn asks. Where another cluster has taken over for good, it is learned in the place
// of the old one.
func (t *Topology) Learn(ctx context.Context) (Learned, error) {
	err := t.metadata.learn(ctx)
	if t.identity.isReplaced(err) {
		t.pool.Forget()
		t.metadata = t.newCache(t.metadata.topics)
		err = t.metadata.learn(ctx)
	}
	if err != nil {
		return Learned{}, err
	}
	return t.metadata.current.learned(), nil
}

func (m *metadata) learned() Learned {
	unclear := make(map[string]error, len(m.unclear))
	for name, code := range m.unclear {
		unclear[name] = code
	}
	return Learned{m.clusterID, m.brokers, m.controller, m.topics, unclear}
}
