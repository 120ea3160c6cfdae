// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// Topology learns a cluster's brokers and a few topics, through a pool that its owner
// sends other requests with. It follows the cluster's identity as scrapes do. One
// goroutine at a time may use it.
type Topology struct {
	pool     *broker.Pool
	log      *zap.Logger
	metadata metadataCache
	identity identity
	// other is the other cluster that last alone answered, since since when.
	other string
	since time.Time
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

// Learn asks. Where another cluster alone has answered for as long as patience, it is
// learned in the place of the old one.
func (t *Topology) Learn(ctx context.Context, now time.Time, patience time.Duration) (Learned, error) {
	err := t.metadata.learn(ctx)
	if t.isReplaced(err, now, patience) {
		t.log.Warn("The brokers in the configuration belong to another cluster now: it is learned from here on",
			zap.String("cluster_id", kafkaerr.Clip(t.other)), zap.String("cluster_id_before", kafkaerr.Clip(t.metadata.clusterID)))
		t.pool.Forget()
		t.metadata = t.newCache(t.metadata.topics)
		err = t.metadata.learn(ctx)
	}
	if err != nil {
		return Learned{}, err
	}
	return t.metadata.current.learned(), nil
}

// isReplaced also looks at the time, because questions may come faster than scrapes.
func (t *Topology) isReplaced(err error, now time.Time, patience time.Duration) bool {
	replaced := t.identity.isReplaced(err)
	if t.identity.found != t.other {
		t.other, t.since = t.identity.found, now
	}
	return replaced && now.Sub(t.since) >= patience
}

func (m *metadata) learned() Learned {
	unclear := make(map[string]error, len(m.unclear))
	for name, code := range m.unclear {
		unclear[name] = code
	}
	return Learned{m.clusterID, m.brokers, m.controller, m.topics, unclear}
}
