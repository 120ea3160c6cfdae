// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package coordination

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// A part is valid for as long as the session: from when it was sent what was last
// acknowledged.
func TestSession(t *testing.T) {
	const timeout = 10 * time.Second
	m := Membership{Timeout: timeout}
	sent := time.Now()
	assert.True(t, m.Expired(sent), "before it has one")
	assert.Zero(t, m.Silence(sent), "and nothing to count from")
	assert.Zero(t, m.Remaining(sent))
	assert.Empty(t, m.Claim(sent))

	assert.True(t, m.Take("a", sent, &Assignment{Members: []string{"a", "b"}}))
	assert.NotNil(t, m.Part(sent.Add(timeout-1)))
	assert.Equal(t, timeout-1, m.Remaining(sent.Add(1)))
	assert.Zero(t, m.Remaining(sent.Add(timeout+1)))
	assert.Equal(t, timeout+1, m.Silence(sent.Add(timeout+1)))
	assert.Nil(t, m.Part(sent.Add(timeout)))
	received := sent.Add(2 * time.Second)
	assert.True(t, m.Acknowledge(sent.Add(time.Second), received))
	assert.True(t, m.Acknowledge(sent, received), "an older one that took longer")
	assert.NotNil(t, m.Part(sent.Add(timeout)))
	assert.Equal(t, []string{"a", "b"}, m.Claim(sent.Add(timeout)))

	assert.Empty(t, m.Claim(sent.Add(timeout+time.Second)), "it has lost its part")
	assert.Nil(t, m.Part(sent), "for good")
}

// An acknowledgement that comes after the session has ended does not revive it.
func TestLateAcknowledgement(t *testing.T) {
	m := Membership{Timeout: 10 * time.Second}
	sent := time.Now()
	m.Take("a", sent, &Assignment{Members: []string{"a"}})
	late := sent.Add(10 * time.Second)
	assert.False(t, m.Acknowledge(late.Add(-time.Second), late))
	assert.Nil(t, m.Part(late))
	assert.Empty(t, m.Claim(sent), "nor what it claimed")
}

// The monotonic clock stands still while a machine is suspended.
func TestSessionOfASuspendedMachine(t *testing.T) {
	m := Membership{Timeout: 10 * time.Second}
	sent := time.Now()
	m.Take("a", sent, &Assignment{Members: []string{"a"}})
	later := sent.Round(0).Add(time.Minute) // without a monotonic time
	assert.True(t, m.Expired(later))
	assert.Equal(t, time.Minute, m.Age(later))
}
