// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package kafka is everything that speaks to Kafka: connections, logins, and
// one file for each question asked in a scrape. It answers with a
// [cluster.Snapshot]; the types of the client library stay in here.
package kafka

import (
	"context"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// Questions is what one scrape wants to know. A request that no question needs
// is not sent.
type Questions struct {
	// Topic and Group tell which names are wanted. Nothing is asked about
	// others. A nil Group asks nothing about groups at all.
	Topic, Group func(name string) bool
	// Commits asks for committed offsets, Describe for members and state.
	Commits, Describe bool
	// Ends and Starts ask for the partitions' end and log start offsets.
	Ends, Starts bool
}

// Client asks one cluster. It connects when first asked, never before, and one
// goroutine at a time may ask it.
type Client struct {
	cfg Config
	log *zap.Logger
}

// NewClient returns a client for cfg, which has been validated. It does not
// dial.
func NewClient(cfg Config, log *zap.Logger) (*Client, error) {
	return &Client{cfg: cfg, log: log}, nil
}

// Snapshot asks the cluster. It returns by ctx's deadline, with what was
// learned by then; the error is non-nil only where nothing usable was learned.
func (c *Client) Snapshot(ctx context.Context, ask Questions) (*cluster.Snapshot, error) {
	panic("unfinished")
}

// Close drops all connections, and cuts those that a request hangs on.
func (c *Client) Close() {}
