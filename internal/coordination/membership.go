// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package coordination

import "time"

// Membership is what a member knows of its own: its session, its part and its claim.
// The zero Membership is none.
type Membership struct {
	// Timeout is that of the session.
	Timeout time.Duration

	claim []string
	part  *Part
	// acknowledged is when the last request was sent that the coordinator has
	// acknowledged.
	acknowledged time.Time
}

// Claim returns what to claim when it joins at the time now. Once its session has ended
// it has lost its part, and claims nothing.
func (m *Membership) Claim(now time.Time) []string {
	if m.Expired(now) {
		m.Lose()
	}
	return m.claim
}

// Acknowledge takes note, at the time now, that the coordinator has acknowledged what was
// sent at that time. It reports whether the session goes on: one that has ended does not
// come back, since others may have the part, and a coordinator that is loading
// acknowledges whatever it is sent.
func (m *Membership) Acknowledge(sent, now time.Time) bool {
	if m.Expired(now) {
		m.Lose()
		return false
	}
	m.note(sent)
	return true
}

// note keeps when the last request was sent that was acknowledged.
func (m *Membership) note(sent time.Time) {
	if sent.After(m.acknowledged) {
		m.acknowledged = sent
	}
}

// Take takes the part that a generation gives to self, by an answer to what was sent at
// that time. It reports whether that is all of it: where another member's claim may keep
// something back, all join once more.
func (m *Membership) Take(self string, sent time.Time, a *Assignment) (settled bool) {
	m.note(sent)
	m.part, m.claim = newPart(self, a), a.Members
	return a.settled()
}

// Lose drops the part and the claim.
func (m *Membership) Lose() { m.part, m.claim = nil, nil }

// Part returns what may be reported at the time now, nil where that is nothing.
func (m *Membership) Part(now time.Time) *Part {
	if m.part == nil || m.Expired(now) {
		return nil
	}
	return m.part
}

// Remaining is for how long there will be a part if nothing more is acknowledged.
func (m *Membership) Remaining(now time.Time) time.Duration {
	if m.part == nil {
		return 0
	}
	return max(0, m.Timeout-m.Age(now))
}

// Expired reports whether the session has ended by the member's own count. Both clocks
// count: the monotonic one stands still while a machine is suspended.
func (m *Membership) Expired(now time.Time) bool { return m.Age(now) >= m.Timeout }

// Age is how long ago it was sent what was last acknowledged.
func (m *Membership) Age(now time.Time) time.Duration {
	return max(now.Sub(m.acknowledged), now.Round(0).Sub(m.acknowledged.Round(0)))
}

// Silence is the same, and 0 before anything was acknowledged.
func (m *Membership) Silence(now time.Time) time.Duration {
	if m.acknowledged.IsZero() {
		return 0
	}
	return m.Age(now)
}

// Status is what a member knows of the group.
type Status struct {
	// Members and Generation are 0 while the member has no part.
	Members, Generation int
	// Rebalances counts the generations that it has been in.
	Rebalances int
	// Silence is how long ago it was sent what was last acknowledged, 0 before that.
	Silence time.Duration
}
