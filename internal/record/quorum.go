// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// quorum records the controllers of a KRaft cluster, where they are known.
func (w *worker) quorum(q *cluster.Quorum) {
	if q == nil {
		return
	}
	if q.Leader != cluster.NoBroker {
		w.mb.RecordKafkaQuorumLeaderDataPoint(w.ts, int64(q.Leader))
	}
	w.mb.RecordKafkaQuorumEpochDataPoint(w.ts, int64(q.Epoch))
	w.mb.RecordKafkaQuorumVotersDataPoint(w.ts, int64(len(q.Voters)))
	w.mb.RecordKafkaQuorumObserversDataPoint(w.ts, int64(len(q.Observers)))
	w.quorumReplicas(q.Voters, metadata.AttributeRoleVoter)
	w.quorumReplicas(q.Observers, metadata.AttributeRoleObserver)
}

func (w *worker) quorumReplicas(replicas []cluster.QuorumReplica, role metadata.AttributeRole) {
	for _, replica := range replicas {
		id := brokerID(replica.ID)
		if replica.Lag.Known() {
			w.mb.RecordKafkaQuorumReplicaLagDataPoint(w.ts, int64(replica.Lag), id, role)
		}
		if millis := replica.LastFetchAge; millis != nil {
			w.mb.RecordKafkaQuorumReplicaLastFetchAgeDataPoint(w.ts, seconds(*millis), id, role)
		}
		if millis := replica.LastCaughtUpAge; millis != nil {
			w.mb.RecordKafkaQuorumReplicaLastCaughtUpAgeDataPoint(w.ts, seconds(*millis), id, role)
		}
	}
}

func seconds(millis int64) float64 { return float64(millis) / 1000 }
