// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// quorum records the controllers of a KRaft cluster, where they are known.
func (r *Recorder) quorum(q *cluster.Quorum) {
	if q == nil {
		return
	}
	if q.Leader != cluster.NoBroker {
		r.mb.RecordKafkaQuorumLeaderDataPoint(r.ts, int64(q.Leader))
	}
	r.mb.RecordKafkaQuorumEpochDataPoint(r.ts, int64(q.Epoch))
	r.mb.RecordKafkaQuorumVotersDataPoint(r.ts, int64(len(q.Voters)))
	r.mb.RecordKafkaQuorumObserversDataPoint(r.ts, int64(len(q.Observers)))
	r.quorumReplicas(q.Voters, metadata.AttributeRoleVoter)
	r.quorumReplicas(q.Observers, metadata.AttributeRoleObserver)
}

func (r *Recorder) quorumReplicas(replicas []cluster.QuorumReplica, role metadata.AttributeRole) {
	for _, replica := range replicas {
		id := brokerID(replica.ID)
		if replica.Lag.Known() {
			r.mb.RecordKafkaQuorumReplicaLagDataPoint(r.ts, int64(replica.Lag), id, role)
		}
		if millis := replica.LastFetchAge; millis != nil {
			r.mb.RecordKafkaQuorumReplicaLastFetchAgeDataPoint(r.ts, seconds(*millis), id, role)
		}
		if millis := replica.LastCaughtUpAge; millis != nil {
			r.mb.RecordKafkaQuorumReplicaLastCaughtUpAgeDataPoint(r.ts, seconds(*millis), id, role)
		}
	}
}

func seconds(millis int64) float64 { return float64(millis) / 1000 }
