// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/scraper"
	"go.opentelemetry.io/collector/scraper/scraperhelper"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination/sharing"
	"github.com/kafkalag/kafkalagreceiver/internal/failurelog"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
)

// metricsReceiver is scraperhelper's controller, except that its Shutdown does
// not wait for a scrape that hangs.
type metricsReceiver struct {
	receiver.Metrics
	scraper *lagScraper
	exit    *sharing.Exit // nil if there is one collector
}

func newMetrics(set receiver.Settings, cfg *Config, s *lagScraper, next consumer.Metrics) (receiver.Metrics, error) {
	var e *sharing.Exit
	if s.member != nil {
		e = newExit(next, s)
		next = e
	}
	metrics, err := scraper.NewMetrics(s.scrape, scraper.WithStart(s.start))
	if err != nil {
		return nil, err
	}
	set.Logger = set.Logger.WithOptions(zap.WrapCore(failurelog.WithoutScrapeErrors))
	controller, err := scraperhelper.NewMetricsController(
		&scraperhelper.ControllerConfig{
			CollectionInterval: cfg.CollectionInterval,
			InitialDelay:       cfg.InitialDelay,
			Timeout:            cfg.Timeout,
		},
		set, next, scraperhelper.AddMetricsScraper(metadata.Type, metrics))
	if err != nil {
		return nil, err
	}
	return &metricsReceiver{Metrics: controller, scraper: s, exit: e}, nil
}

// Shutdown ends a running scrape first: the controller's own Shutdown waits for
// it, without ending it.
func (r *metricsReceiver) Shutdown(ctx context.Context) error {
	r.scraper.shutdown()
	err := r.Metrics.Shutdown(ctx)
	r.scraper.garbage.Shutdown()
	if r.exit != nil {
		r.exit.Stop()
	}
	return err
}
