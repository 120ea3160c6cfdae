// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination/sharing"
	"github.com/kafkalag/kafkalagreceiver/internal/record"
)

// newExit returns a consumer that passes on to next those metrics that this collector may
// still report.
func newExit(next consumer.Metrics, s *lagScraper) *sharing.Exit {
	return sharing.NewExit(s.client.done, next, s.member.Remaining, func(metrics pmetric.Metrics) (kept, nothing pmetric.Metrics) {
		nothing = s.recorder.Nothing(s.clusterID)
		part, _ := s.member.Part()
		switch {
		case part == nil:
			return nothing, nothing
		case part != s.part:
			record.KeepOnly(part, metrics)
		}
		return metrics, nothing
	})
}
