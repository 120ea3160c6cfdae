// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/echo"
	"github.com/kafkalag/kafkalagreceiver/receiver/probe/internal/metadata"
)

// NewFactory returns the factory of the kafkaprobe receiver.
func NewFactory() receiver.Factory {
	return receiver.NewFactory(
		metadata.Type,
		createDefaultConfig,
		receiver.WithMetrics(createMetrics, metadata.MetricsStability),
	)
}

func createMetrics(
	_ context.Context,
	set receiver.Settings,
	cfg component.Config,
	next consumer.Metrics,
) (receiver.Metrics, error) {
	c := cfg.(*Config)
	client, err := echo.New(c.Config, c.Topic, set.Logger)
	if err != nil {
		return nil, err
	}
	m, err := newMember(c, set.Logger)
	if err != nil {
		return nil, err
	}
	r := &reporter{prober: newProber(c, client, m, set.Logger), recorder: newRecorder(set, c)}
	return newMetrics(set, c, r, next)
}
