// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package membership makes the requests of a member of a Kafka group, on connections of
// its own: one of them blocks until all members have made it.
package membership

import (
	"context"
	"time"

	"github.com/IBM/sarama"
	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/broker"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// Group is the group, and what a member says of itself.
type Group struct {
	ID   string
	Kind coordination.ProtocolType
	// InstanceID is what this member keeps over restarts, or empty.
	InstanceID string
	// SessionTimeout is that of the members' sessions.
	SessionTimeout time.Duration
}

// Client asks the coordinator of one group, and finds it first. It dials when first
// asked. One goroutine at a time may use it, any may call Close.
type Client struct {
	pool     *broker.Pool
	group    string
	kind     coordination.ProtocolType
	instance *string // nil: the member does not keep its name over restarts
	session  time.Duration
	// coordinator is a broker id, or [cluster.NoBroker] while it is not known.
	coordinator int32
}

// New returns a client for the group. cfg has been validated. It does not dial, and does
// not warn of deprecated keys: whoever asks for the rest, by the same configuration, does.
// Its traffic is reported to obs, which may be nil.
func New(cfg kafkaconfig.Config, group Group, log *zap.Logger, obs broker.Observer) (*Client, error) {
	p, err := broker.New(cfg, log, obs)
	if err != nil {
		return nil, err
	}
	c := &Client{pool: p, group: group.ID, kind: group.Kind, session: group.SessionTimeout, coordinator: cluster.NoBroker}
	if group.InstanceID != "" {
		c.instance = &group.InstanceID
	}
	return c, nil
}

// Start looks at what the configuration refers to: files, and a collector
// extension that hands out tokens. It does not dial. The error has a line for
// each mistake.
func (c *Client) Start(host component.Host) error { return c.pool.Start(host) }

// Close drops all connections, and ends what is under way.
func (c *Client) Close() { c.pool.Close() }

// ask sends a request to the coordinator. The error is what code says of the answer. A
// coordinator that does not answer, or is none any more, is replaced with the next
// request.
func ask[T any](ctx context.Context, c *Client, request wire.Request, decode func(*wire.Reader) T, code func(T) sarama.KError) (T, error) {
	ctx, end := c.pool.Until(ctx)
	defer end()
	c.pool.Begin()
	defer c.pool.End()
	var answer T
	n, err := c.node(ctx)
	if err == nil {
		answer, err = broker.Ask(ctx, n, request, decode)
	}
	if err == nil && !kafkaerr.OK(code(answer)) {
		err = code(answer)
		c.pool.Observe(request.Name(), err)
	}
	err = c.meaning(err)
	if !isWord(err) {
		c.coordinator = cluster.NoBroker
	}
	return answer, err
}
