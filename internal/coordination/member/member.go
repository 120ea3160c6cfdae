// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package member keeps a collector a member of the group of those that report a cluster
// together, and says what its part is. Package coordination has the reasons.
package member

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
)

// Group is the Kafka group. Its errors are those of package coordination, or mean that
// there was no answer.
type Group interface {
	// Inspect returns the members that there are, as far as the coordinator tells, and
	// an error if it is no group to join.
	Inspect(ctx context.Context) ([]coordination.Member, error)
	// Join returns the next generation. It blocks until that is complete.
	Join(ctx context.Context, member string, introduction []byte) (coordination.Generation, error)
	// Sync hands in the assignment, if this is the leader, and returns it to all.
	Sync(ctx context.Context, of coordination.Generation, assignment []byte) ([]byte, error)
	Heartbeat(ctx context.Context, of coordination.Generation) error
	Leave(ctx context.Context, member string) error
}

// Config configures a member.
type Config struct {
	GroupID string
	// InstanceID is what the member keeps over restarts; empty: nothing.
	InstanceID string
	Settings   coordination.Settings
	// SessionTimeout is after how long without an answer a member has lost its part,
	// and how long the coordinator waits for one to join again.
	SessionTimeout time.Duration
	// RequestTimeout bounds a request that the coordinator answers at once.
	RequestTimeout time.Duration
}

// heartbeat is the time between two heartbeats. A member hears by them that others come
// and go.
func (c *Config) heartbeat() time.Duration { return min(c.SessionTimeout/6, time.Second) }

const (
	// settling is how long a member waits before it joins once more because of claims.
	// If it came before others have learned of the generation, these would come with
	// their old claims. It doubles until all have.
	settling    = 250 * time.Millisecond
	maxSettling = 4 * time.Second
	// Waits after failures, the first and the longest, and after a refusal.
	firstBackoff   = 250 * time.Millisecond
	maxBackoff     = 4 * time.Second
	refusalBackoff = 5 * time.Second
	// farewell bounds the last request.
	farewell = time.Second
)

// Member is a member of the group from [Member.Start] to [Member.Shutdown]. Any
// goroutine may ask for its part.
type Member struct {
	cfg   Config
	group Group
	log   *zap.Logger

	mu         sync.Mutex
	membership coordination.Membership
	status     coordination.Status
	err        error // why there is no part, where somebody should look
	ended      bool

	// The rest belongs to the goroutine that keeps the membership.
	generation coordination.Generation
	unsettled  int    // generations in a row
	failures   int    // likewise
	rejoins    int    // in a row because the coordinator said so
	logged     string // what the log said last

	stop    context.CancelFunc
	running sync.WaitGroup
}

// New returns a member. It asks nothing before [Member.Start].
func New(cfg Config, group Group, log *zap.Logger) *Member {
	return &Member{
		cfg: cfg, group: group, stop: func() {},
		log:        log.With(zap.String("coordination.group_id", cfg.GroupID)),
		membership: coordination.Membership{Timeout: cfg.SessionTimeout},
	}
}

// Start joins the group in the background, and stays in it.
func (m *Member) Start() {
	ctx, stop := context.WithCancel(context.Background())
	m.stop = stop
	m.running.Go(func() { m.run(ctx) })
}

// Shutdown drops the part at once, and leaves the group.
func (m *Member) Shutdown() {
	m.mu.Lock()
	m.ended = true
	m.membership.Lose()
	m.mu.Unlock()
	m.stop()
	m.running.Wait()
}

// Part returns what may be reported now, nil where that is nothing. The error says why,
// where somebody should look.
func (m *Member) Part() (*coordination.Part, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if part := m.membership.Part(time.Now()); part != nil {
		return part, nil
	}
	return nil, m.err
}

// Remaining returns for how long there will be a part if nobody answers any more.
func (m *Member) Remaining() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.membership.Remaining(time.Now())
}

// Status returns what is known of the group.
func (m *Member) Status() coordination.Status {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, status := time.Now(), m.status
	status.Silence = m.membership.Silence(now)
	if part := m.membership.Part(now); part != nil {
		status.Members = part.Members()
	} else {
		status.Generation = 0
	}
	return status
}

func (m *Member) run(ctx context.Context) {
	for ctx.Err() == nil {
		settled, err := m.join(ctx)
		if err == nil {
			err = m.stay(ctx, settled)
		}
		if ctx.Err() == nil {
			sleep(ctx, m.failed(err))
		}
	}
	m.leave(context.WithoutCancel(ctx))
}

// stay sends heartbeats until it is time to join again, or there is no session any more.
func (m *Member) stay(ctx context.Context, settled bool) error {
	if !settled {
		sleep(ctx, min(settling<<m.unsettled, maxSettling, m.cfg.SessionTimeout/3))
		m.unsettled = min(m.unsettled+1, 10)
		return nil
	}
	m.unsettled = 0
	for sleep(ctx, m.cfg.heartbeat()) {
		if m.expired() { // as after the process stood still
			return nil
		}
		sent := time.Now()
		err := within(ctx, min(m.cfg.RequestTimeout, m.cfg.SessionTimeout/3), func(ctx context.Context) error {
			return m.group.Heartbeat(ctx, m.generation)
		})
		switch {
		case err == nil && m.acknowledge(sent):
			m.answered()
		case err == nil:
			return nil
		case errors.Is(err, coordination.ErrRebalance):
			return nil
		case errors.Is(m.heed(sent, err), coordination.ErrNotMember), isRefused(err), m.expired():
			return err
		case ctx.Err() == nil:
			m.unanswered(err)
		}
	}
	return nil
}

// acknowledge notes that what was sent at that time was acknowledged, and reports whether
// the session goes on.
func (m *Member) acknowledge(sent time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.membership.Acknowledge(sent, time.Now())
}

// heed draws the conclusions from an error, and returns it. While there is no coordinator
// a session does not end: one that comes begins it anew.
func (m *Member) heed(sent time.Time, err error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case errors.Is(err, coordination.ErrNotMember):
		m.membership.Lose()
		m.generation = coordination.Generation{}
	case errors.Is(err, coordination.ErrOtherCluster) && m.membership.Expired(time.Now()):
		m.generation = coordination.Generation{}
	case errors.Is(err, coordination.ErrNoCoordinator):
		m.membership.Acknowledge(sent, time.Now())
	}
	return err
}

func (m *Member) expired() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.membership.Expired(time.Now())
}

// leave says goodbye, so that others need not wait for the end of the session. A member
// that comes back as the same one is waited for.
func (m *Member) leave(ctx context.Context) {
	id := m.generation.Member
	m.generation = coordination.Generation{}
	if id != "" && m.cfg.InstanceID == "" {
		_ = within(ctx, farewell, func(ctx context.Context) error { return m.group.Leave(ctx, id) })
	}
}

// within bounds a request.
func within(ctx context.Context, limit time.Duration, request func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return request(ctx)
}

// sleep waits for d and reports whether ctx still goes on.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
