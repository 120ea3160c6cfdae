// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// reportUnsupported says, once for each request, that a broker does not offer it.
func (s *scrape) reportUnsupported(f cluster.Failure) {
	if s.memory.unsupported[f.API] {
		return
	}
	s.memory.unsupported[f.API] = true
	s.log.Info("Brokers do not offer a request of Kafka's protocol: the metrics that need it are absent",
		zap.String("api", f.API), zap.Int32("broker", f.Broker), zap.String("address", kafkaerr.Clip(f.Address)))
}
