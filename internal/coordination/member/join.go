// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package member

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
)

// join joins the group and takes the part that it is given.
func (m *Member) join(ctx context.Context) (settled bool, err error) {
	if m.generation.Member == "" {
		if err := m.inspect(ctx); err != nil {
			return false, err
		}
	}
	sent, introduction := time.Now(), m.introduce()
	err = within(ctx, m.cfg.SessionTimeout+m.cfg.RequestTimeout, func(ctx context.Context) (err error) {
		next, err := m.group.Join(ctx, m.generation.Member, introduction)
		if next.Member != "" { // also where the answer is to join with it
			m.generation = next
		}
		return err
	})
	if err != nil {
		return false, m.heed(sent, err)
	}
	return m.sync(ctx)
}

// inspect looks at the group before it becomes a member of it.
func (m *Member) inspect(ctx context.Context) error {
	return within(ctx, m.cfg.RequestTimeout, func(ctx context.Context) error {
		members, err := m.group.Inspect(ctx)
		for _, other := range members {
			if said, unclear := coordination.DecodeIntroduction(other.Introduction); err == nil && unclear == nil {
				err = m.differs(said.Settings)
			}
		}
		return err
	})
}

// differs returns an error if a collector with these settings reports other series.
func (m *Member) differs(settings coordination.Settings) error {
	if difference := m.cfg.Settings.Difference(settings); difference != "" {
		return &coordination.RefusedError{Waits: true, Reason: "the collectors of this group are configured differently: " + difference}
	}
	return nil
}

func (m *Member) introduce() []byte {
	return coordination.Introduction{Settings: m.cfg.Settings, Claim: m.claim()}.Encode()
}

// claim is the list of members by which this one may be reporting.
func (m *Member) claim() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.membership.Claim(time.Now())
}

// sync gives and takes the assignment. It blocks until the leader has given it.
func (m *Member) sync(ctx context.Context) (settled bool, err error) {
	var given []byte
	if m.generation.Leads {
		given = coordination.Assign(m.cfg.Settings, m.claim(), m.generation.Members).Encode()
	}
	sent := time.Now()
	var assignment coordination.Assignment
	err = within(ctx, m.cfg.SessionTimeout+m.cfg.RequestTimeout, func(ctx context.Context) error {
		text, err := m.group.Sync(ctx, m.generation, given)
		if err == nil {
			assignment, err = coordination.DecodeAssignment(text)
		}
		return err
	})
	if err != nil {
		return false, m.heed(sent, err)
	}
	if err := m.differs(assignment.Settings); err != nil {
		m.leave(ctx)
		return false, err
	}
	return m.take(sent, &assignment), nil
}

// take takes the part that an assignment gives.
func (m *Member) take(sent time.Time, a *coordination.Assignment) (settled bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended {
		return true
	}
	settled = m.membership.Take(cmp.Or(m.cfg.InstanceID, m.generation.Member), sent, a)
	m.status.Generation = int(m.generation.Number)
	m.status.Rebalances++
	m.err, m.failures, m.rejoins = nil, 0, 0
	if settled {
		m.say(zap.InfoLevel, fmt.Sprintf("This collector is one of %d that report the cluster together", len(a.Members)))
	}
	return settled
}
