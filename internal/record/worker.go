// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package record

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// worker records rounds, one after the other. One goroutine at a time may use it.
type worker struct {
	mb *metadata.MetricsBuilder
	on metadata.MetricsConfig

	// ts and missing belong to the scrape at hand.
	ts      pcommon.Timestamp
	missing int
}

// record records all that a round holds.
func (w *worker) record(r *round) {
	if r.cluster != nil {
		w.once(r.cluster)
	}
	for _, t := range r.topics {
		w.topic(t)
	}
	for _, g := range r.listed {
		w.group(g)
	}
	for i := range r.groups {
		w.groupLag(&r.groups[i])
	}
	for i := range r.share {
		w.shareGroup(&r.share[i])
	}
	for i := range r.transactions {
		w.openTransactions(&r.transactions[i])
	}
	for i := range r.inZooKeeper {
		w.zookeeperLag(&r.inZooKeeper[i])
	}
}

// once records what a cluster has only once.
func (w *worker) once(s *cluster.Snapshot) {
	w.brokers(s.Brokers)
	w.disks(s)
	w.quorum(s.Quorum)
}
