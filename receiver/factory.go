// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/lookup"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/snapshot"
	"github.com/kafkalag/kafkalagreceiver/internal/metadata"
	"github.com/kafkalag/kafkalagreceiver/internal/selfmetrics"
	"github.com/kafkalag/kafkalagreceiver/internal/timelag/search"
	"github.com/kafkalag/kafkalagreceiver/internal/zookeeper"
)

// NewFactory returns the factory of the kafkalag receiver.
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
	own, err := selfmetrics.New(set)
	if err != nil {
		return nil, err
	}
	m, err := newMember(c, set.Logger, own)
	if err != nil {
		return nil, err
	}
	client, err := snapshot.New(c.Config, set.Logger, own.Traffic(selfmetrics.ForScrapes), commitsInZooKeeper(c, set.Logger))
	if err != nil {
		return nil, err
	}
	var f search.Client
	if needsSearch(c.Metrics) && c.TimeLag.SearchBudget > 0 {
		if f, err = lookup.New(c.Config, set.Logger, own.Traffic(selfmetrics.ForSearch)); err != nil {
			return nil, err
		}
	}
	return newMetrics(set, c, newScraper(set, c, client, f, m, own), next)
}

// commitsInZooKeeper returns the source of what is committed there, nil where it is not
// wanted.
func commitsInZooKeeper(cfg *Config, log *zap.Logger) snapshot.CommitSource {
	if !readsZooKeeper(cfg) {
		return nil
	}
	return zookeeper.NewSource(cfg.ZooKeeper, newFilter(cfg.GroupMatch, cfg.GroupExclude).matches, cfg.RequestTimeout, log)
}
