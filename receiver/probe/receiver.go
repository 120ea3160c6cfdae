// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/scraper"
	"go.opentelemetry.io/collector/scraper/scraperhelper"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination/sharing"
	"github.com/kafkalag/kafkalagreceiver/receiver/probe/internal/metadata"
)

// metricsReceiver is scraperhelper's controller, and what hands its reports on.
type metricsReceiver struct {
	receiver.Metrics
	prober *prober
	exit   *sharing.Exit // nil if there is one collector
}

func newMetrics(set receiver.Settings, cfg *Config, r *reporter, next consumer.Metrics) (receiver.Metrics, error) {
	var e *sharing.Exit
	if r.prober.member != nil {
		e = newExit(next, r)
		next, r.prober.yielded = e, e.Look
	}
	metrics, err := scraper.NewMetrics(r.report, scraper.WithStart(r.start), scraper.WithShutdown(r.shutdown))
	if err != nil {
		return nil, err
	}
	controller, err := scraperhelper.NewMetricsController(
		&scraperhelper.ControllerConfig{CollectionInterval: cfg.CollectionInterval, InitialDelay: cfg.CollectionInterval},
		set, next, scraperhelper.AddMetricsScraper(metadata.Type, metrics))
	if err != nil {
		return nil, err
	}
	return &metricsReceiver{Metrics: controller, prober: r.prober, exit: e}, nil
}

// Shutdown ends first what the controller's own would wait for.
func (r *metricsReceiver) Shutdown(ctx context.Context) error {
	r.prober.stop()
	err := r.Metrics.Shutdown(ctx)
	if r.exit != nil {
		r.exit.Stop()
	}
	return err
}
