// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/kafkalag/kafkalagreceiver/internal/record"
)

// handOver passes metrics on to next, as far as this collector may still report them: it
// may have lost its part since the scrape began, or some of it.
func (s *lagScraper) handOver(next consumer.Metrics) (consumer.Metrics, error) {
	return consumer.NewMetrics(func(ctx context.Context, metrics pmetric.Metrics) error {
		part, _ := s.member.Part()
		switch {
		case part == nil:
			metrics = s.recorder.Nothing(s.clusterID)
		case part != s.part:
			record.KeepOnly(part, metrics)
		}
		return next.ConsumeMetrics(ctx, metrics)
	}, consumer.WithCapabilities(next.Capabilities()))
}
