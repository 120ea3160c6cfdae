// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/failurelog"
	"github.com/kafkalag/kafkalagreceiver/internal/history"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
)

// memories is what scrapes of one cluster leave to those after them, except for
// that of time lag, which its search shares.
type memories struct {
	clusterID string // empty until a broker has returned one
	ranges    lag.Memory
	groups    *groupLimiter
	limiter   *partitionLimiter
	history   *history.History // nil if no metric is enabled that looks back
	growth    *lag.Growth      // nil if no metric needs it
	failures  *failurelog.Log
	anomalies *failurelog.Anomalies
	expired   *failurelog.Expired
}

func newMemories(cfg *Config, log *zap.Logger) *memories {
	m := &memories{
		groups:    newGroupLimiter(cfg, log),
		limiter:   newPartitionLimiter(cfg, log),
		failures:  failurelog.New(log),
		anomalies: failurelog.NewAnomalies(log),
		expired:   failurelog.NewExpired(log),
	}
	if needsStatus(cfg.Metrics) || needsProgress(cfg.Metrics) || cfg.Metrics.KafkaShareGroupStalledTime.Enabled {
		m.history = &history.History{Window: cfg.StatusWindow}
	}
	if snapshotRequest(cfg).DeletionBySize {
		m.growth = &lag.Growth{}
	}
	return m
}

// forget drops what is remembered of a time before other collectors scraped the cluster.
func (s *lagScraper) forget() {
	clusterID := s.clusterID
	s.memories = s.newMemories()
	s.clusterID = clusterID
}

// followCluster drops what is remembered of another cluster than the one that was
// scraped. A scrape without a cluster id counts as one of the same cluster.
func (s *lagScraper) followCluster(clusterID string) {
	if clusterID == "" {
		return
	}
	if s.clusterID != "" && s.clusterID != clusterID {
		s.memories = s.newMemories()
		if s.timeLag != nil {
			s.timeLag.Forget()
		}
	}
	s.clusterID = clusterID
}
