// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package member

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
	"github.com/kafkalag/kafkalagreceiver/internal/test/soak"
)

const (
	modelSession = 3 * time.Second
	modelRequest = time.Second
	modelMembers = 4
	modelNames   = 40
)

// TestSoakSpansNeverOverlap has members live with a coordinator that loses, delays and moves,
// and looks all the time whether two of them would report one name. In the end, when
// nothing goes wrong any more, every name is reported.
func TestSoakSpansNeverOverlap(t *testing.T) {
	runs := 250
	if soak.Full() {
		runs = 20000
	}
	for seed := range runs {
		synctest.Test(t, func(t *testing.T) { live(t, uint64(seed)) })
		if t.Failed() {
			return
		}
	}
}

// process is a collector, as far as the model needs one.
type process struct {
	*Member

	network *network
	seen    *coordination.Part // when it was last looked at
}

// live is one run.
func live(t *testing.T, seed uint64) {
	t.Helper()
	world := newCoordinator(rand.New(rand.NewPCG(seed, 22)))
	random := rand.New(rand.NewPCG(seed, 23)) // that of the world belongs to its lock
	all := make([]*process, modelMembers)
	world.mu.Lock()
	for i := range all {
		all[i] = world.start(i)
	}
	world.mu.Unlock()
	defer func() {
		for _, p := range all {
			world.end(p)
		}
		world.ending.Wait()
		world.stop()
	}()
	troubled := time.Now().Add(20 * time.Second)
	for time.Now().Before(troubled) {
		if random.IntN(100) == 0 {
			world.trouble(all)
		}
		time.Sleep(25 * time.Millisecond)
		inspect(t, seed, all)
	}
	world.heal(all)
	for healed := time.Now().Add(8 * modelSession); time.Now().Before(healed) && !complete(all); {
		time.Sleep(25 * time.Millisecond)
		inspect(t, seed, all)
	}
	require.True(t, complete(all), "in the end, seed %d", seed)
}

// complete reports whether every name is reported.
func complete(all []*process) bool {
	for i := range modelNames {
		if len(owners(all, i)) == 0 {
			return false
		}
	}
	return true
}

// trouble does something to one of the processes, or to the coordinator.
func (c *coordinator) trouble(all []*process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.random.IntN(len(all))
	p, until := all[i], time.Now().Add(time.Duration(c.random.Int64N(int64(3*modelSession))))
	switch c.random.IntN(7) {
	case 0: // kill -9; another one comes
		p.network.dead = true
		c.end(p)
		all[i] = c.start(i)
	case 1: // a planned restart
		c.end(p)
		all[i] = c.start(i)
	case 2: // kill -STOP
		p.network.frozenUntil = until
	case 3: // no way to the coordinator
		p.network.cutUntil = until
	case 4: // answers alone are lost
		p.network.deafUntil = until
	case 5:
		p.network.slowUntil = until
	case 6:
		c.fail(until, c.random.IntN(2) == 0)
	}
}

// heal ends all trouble.
func (c *coordinator) heal(all []*process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recover()
	c.healed = true
	for _, p := range all {
		p.network.frozenUntil, p.network.cutUntil, p.network.deafUntil, p.network.slowUntil = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	}
}

// inspect looks whether two processes would report one name now.
func inspect(t *testing.T, seed uint64, all []*process) {
	t.Helper()
	changed := false
	for _, p := range all {
		part, _ := p.Part()
		if p.network.frozen() > 0 {
			part = nil
		}
		changed = changed || part != p.seen
		p.seen = part
	}
	if !changed {
		return
	}
	for i := range modelNames {
		if by := owners(all, i); len(by) > 1 {
			t.Fatalf("name %d is reported by processes %v, seed %d", i, by, seed)
		}
	}
}

// owners lists the processes that would report a name when they were last looked at.
func owners(all []*process, name int) (by []int) {
	for i, p := range all {
		if p.seen != nil && p.seen.OwnsGroup(fmt.Sprint("group-", name)) {
			by = append(by, i)
		}
	}
	return by
}

// start starts the i-th process. Every other one keeps its name over restarts, and some
// are configured differently than others.
func (c *coordinator) start(i int) *process {
	cfg := Config{SessionTimeout: modelSession, RequestTimeout: modelRequest, Settings: coordination.Settings{"group_match": ".*"}}
	if i%2 == 1 {
		cfg.InstanceID = fmt.Sprint("instance-", i)
	}
	if c.random.IntN(5) == 0 {
		cfg.Settings = coordination.Settings{"group_match": "^group"}
	}
	n := &network{c: c, instance: cfg.InstanceID}
	p := &process{network: n, Member: New(cfg, n, zap.NewNop())}
	p.Start()
	return p
}

// end ends a process. It may say goodbye while others go on.
func (c *coordinator) end(p *process) { c.ending.Go(p.Shutdown) }
