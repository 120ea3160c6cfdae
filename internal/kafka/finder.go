// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Finder asks what the scrapes do not wait for, on connections of its own: a
// scrape never queues behind it. It dials when first asked. One goroutine at a
// time may use it, any may call Close.
type Finder struct{ client *Client }

// NewFinder returns a finder for cfg, which has been validated. It does not
// dial. Its traffic is told to obs, which may be nil.
func NewFinder(cfg Config, log *zap.Logger, obs Observer) (*Finder, error) {
	client, err := newClient(cfg, log, obs)
	if err != nil {
		return nil, err
	}
	return &Finder{client}, nil
}

// Start is Client's.
func (f *Finder) Start(host component.Host) error { return f.client.Start(host) }

// Begin tells which brokers there are. One that fails is not asked again before
// the next Begin.
func (f *Finder) Begin(brokers map[int32]cluster.Broker) {
	f.client.end()
	f.client.adopt(&metadata{brokers: brokers})
	f.client.begin()
}

// Close drops all connections, and ends what is under way.
func (f *Finder) Close() { f.client.Close() }

// until ends ctx with the finder.
func (f *Finder) until(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(f.client.ctx, func() { cancel(errClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}
