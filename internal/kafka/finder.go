// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Finder asks what the scrapes do not wait for, on connections of its own: a
// scrape never queues behind it. It dials when first asked. One goroutine at a
// time may use it, any may call Close.
type Finder struct{ pool *pool }

// NewFinder returns a finder for cfg, which has been validated. It does not
// dial, and leaves it to [NewClient] to warn of deprecated keys. Its traffic is
// told to obs, which may be nil.
func NewFinder(cfg Config, log *zap.Logger, obs Observer) (*Finder, error) {
	p, err := newPool(cfg, log, obs)
	if err != nil {
		return nil, err
	}
	return &Finder{p}, nil
}

// Start is [Client.Start].
func (f *Finder) Start(host component.Host) error { return f.pool.start(host) }

// Begin tells which brokers there are. One that fails is not asked again before
// the next Begin.
func (f *Finder) Begin(brokers map[int32]cluster.Broker) {
	f.pool.end()
	f.pool.setBrokers(brokers)
	f.pool.begin()
}

// Close drops all connections, and ends what is under way.
func (f *Finder) Close() { f.pool.close() }
