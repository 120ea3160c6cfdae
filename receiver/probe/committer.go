// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/echo"
)

// committer commits in a group, to measure its coordinator.
type committer struct {
	client   *echo.Client
	group    string
	interval time.Duration

	mu    sync.Mutex
	times map[int32]histogram // by coordinator
	err   error               // of the last commit
}

func newCommitter(cfg *Config, client *echo.Client) *committer {
	return &committer{client: client, group: cfg.CommitGroup, interval: cfg.ProbeInterval, times: map[int32]histogram{}}
}

// run commits what newest returns, if anything, once in each interval.
func (c *committer) run(ctx context.Context, newest func() (partition int32, offset int64, ok bool)) {
	coordinator := cluster.NoBroker
	for pause(ctx, c.interval) {
		if partition, offset, ok := newest(); ok {
			coordinator = c.commit(ctx, coordinator, partition, offset)
		}
	}
}

// commit returns the coordinator to ask next, which is unknown after an error.
func (c *committer) commit(ctx context.Context, coordinator, partition int32, offset int64) int32 {
	ctx, cancel := c.client.WithRequestTimeout(ctx)
	defer cancel()
	if coordinator == cluster.NoBroker {
		found, err := c.client.FindCoordinator(ctx, c.group)
		if err != nil {
			c.note(found, 0, err)
			return cluster.NoBroker
		}
		coordinator = found
	}
	began := time.Now()
	err := c.client.Commit(ctx, coordinator, c.group, partition, offset+1)
	c.note(coordinator, time.Since(began), err)
	if err != nil {
		return cluster.NoBroker
	}
	return coordinator
}

func (c *committer) note(coordinator int32, took time.Duration, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
	if err == nil {
		h := c.times[coordinator]
		h.observe(took)
		c.times[coordinator] = h
	}
}

// forget drops what was counted.
func (c *committer) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.times)
}

// status returns how long commits took, by coordinator, and why the last one failed.
func (c *committer) status() (map[int32]histogram, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.times), c.err
}
