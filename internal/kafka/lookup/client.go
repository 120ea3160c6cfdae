// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package lookup finds records by their time, beside the scrapes and on
// connections of its own.
package lookup

import (
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
)

// Client asks what the scrapes do not wait for, on connections of its own: a
// scrape never queues behind it. It dials when first asked. One goroutine at a
// time may use it, any may call Close.
type Client struct {
	pool      *broker.Pool
	clusterID string // of the brokers in the pool
	log       *zap.Logger
	toldAt    time.Time // of the last line about connections
}

// New returns a client for cfg, which has been validated. It does not dial, and
// does not warn of deprecated keys: snapshots, which have the same configuration,
// do. Its traffic is reported to obs, which may be nil.
func New(cfg kafkaconfig.Config, log *zap.Logger, obs broker.Observer) (*Client, error) {
	// A broker that does not return settings of topics still has its look-ups made.
	p, err := broker.New(cfg, log, obs, broker.APIDescribeConfigs)
	if err != nil {
		return nil, err
	}
	return &Client{pool: p, log: log}, nil
}

// Start looks at what the configuration refers to: files, and a collector
// extension that hands out tokens. It does not dial. The error has a line for
// each mistake.
func (c *Client) Start(host component.Host) error { return c.pool.Start(host) }

// Begin sets the brokers and their cluster's id. Another cluster that has taken
// over their addresses is not asked. A broker that fails is not asked again before
// the next Begin.
func (c *Client) Begin(clusterID string, brokers map[int32]cluster.Broker) {
	c.pool.End()
	if clusterID != c.clusterID {
		c.clusterID = clusterID
		c.pool.Forget()
		c.pool.SetCluster(clusterID)
	}
	c.pool.SetBrokers(brokers)
	c.pool.Begin()
}

// Close drops all connections, and ends what is under way.
func (c *Client) Close() { c.pool.Close() }
