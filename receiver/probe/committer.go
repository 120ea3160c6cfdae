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
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// committer commits in a group, to measure its coordinator.
type committer struct {
	client   *echo.Client
	group    string
	interval time.Duration
	// may reports whether this collector may commit now.
	may func() bool
	// coordinator is a broker id, or [cluster.NoBroker] where it has to be asked for.
	coordinator int32

	mu    sync.Mutex
	times map[int32]histogram // by coordinator
	err   error               // of the last commit
}

func newCommitter(cfg *Config, client *echo.Client, may func() bool) *committer {
	return &committer{
		client: client, group: cfg.CommitGroup, interval: cfg.ProbeInterval, may: may,
		coordinator: cluster.NoBroker, times: map[int32]histogram{},
	}
}

// run commits what read returns, the offsets to go on from by partition, once in each
// interval.
func (c *committer) run(ctx context.Context, read func() map[int32]int64) {
	for pause(ctx, c.interval) {
		if offsets := read(); len(offsets) > 0 {
			took, err := c.commit(ctx, offsets)
			if ctx.Err() == nil {
				c.note(took, err)
			}
		}
	}
}

// commit commits offsets at the coordinator, as consumers do while it moves. It returns
// how long the coordinator took that has them: others before it have failed.
func (c *committer) commit(ctx context.Context, offsets map[int32]int64) (time.Duration, error) {
	ctx, cancel := c.client.WithRequestTimeout(ctx)
	defer cancel()
	for {
		took, err := c.tryCommit(ctx, offsets)
		if err == nil {
			return took, nil
		}
		c.coordinator = cluster.NoBroker
		if !kafkaerr.IsRetriable(err, true) || !pause(ctx, retryPause) || !c.may() {
			return 0, err
		}
	}
}

func (c *committer) tryCommit(ctx context.Context, offsets map[int32]int64) (took time.Duration, err error) {
	if c.coordinator == cluster.NoBroker {
		if c.coordinator, err = c.client.FindCoordinator(ctx, c.group); err != nil {
			return 0, err
		}
	}
	began := time.Now()
	err = c.client.Commit(ctx, c.coordinator, c.group, offsets)
	return time.Since(began), err
}

// note counts a commit, unless the part that it was made in is over: then what was counted
// is forgotten, or about to be.
func (c *committer) note(took time.Duration, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.may() {
		return
	}
	c.err = err
	if err == nil {
		h := c.times[c.coordinator]
		h.observe(took)
		c.times[c.coordinator] = h
	}
}

// forget drops what was counted, and why the last commit failed.
func (c *committer) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.times)
	c.err = nil
}

// status returns how long commits took, by coordinator, and why the last one failed.
func (c *committer) status() (map[int32]histogram, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.times), c.err
}
