// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package status says whether consumer groups keep up. It has the rules of
// Burrow, but looks at scrapes instead of commits. It uses the standard library
// only.
package status

import (
	"github.com/kafkalag/kafkalagreceiver/internal/history"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// Evaluate fills in the statuses of r, which h has observed. A group has the
// status of its worst partition, and none while that of one of them is not known.
// A scrape that does not know a lag is left out of the trend.
func Evaluate(h *history.History, r *lag.Report) {
	buffer := make([]history.Sample, 0, h.Window)
	for i := range r.Groups {
		g := &r.Groups[i]
		worst, unknown := lag.StatusUnknown, false
		for n := range g.Topics {
			t := &g.Topics[n]
			past := h.Of(g.Name, t.Name)
			for k := range t.Partitions {
				p := &t.Partitions[k]
				p.Status = ofPartition(h, past.Partition(p.ID), p, buffer)
				unknown = unknown || p.Status == lag.StatusUnknown
				worst = max(worst, p.Status)
			}
		}
		if !unknown {
			g.Status = worst
		}
	}
}

func ofPartition(h *history.History, past *history.Partition, now *lag.Partition, buffer []history.Sample) lag.Status {
	if !now.Lag.Known() {
		return lag.StatusUnknown
	}
	return samples(h.Samples(past, h.Window, buffer)).status(h.Window)
}
