// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package member

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
)

// only is a group with one member, in which every request may be made to fail.
type only struct {
	mu sync.Mutex
	failing
	left        []string
	joins       int
	inspections int
}

// failing is what goes wrong in a group.
type failing struct {
	settings  coordination.Settings // those of another member
	err       error                 // of all requests but heartbeats
	sync      error
	heartbeat error
	still     time.Duration // for how long the process stands still in a heartbeat
}

// becomes has other things go wrong.
func (g *only) becomes(f failing) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failing = f
}

func (g *only) now() failing {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.failing
}

// looks is how often it was inspected.
func (g *only) looks() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.inspections
}

func (g *only) Inspect(context.Context) (others []coordination.Member, err error) {
	g.mu.Lock()
	g.inspections++
	g.mu.Unlock()
	now := g.now()
	if now.settings != nil {
		others = append(others, coordination.Member{ID: "other", Introduction: coordination.Introduction{Settings: now.settings}.Encode()})
	}
	return others, now.err
}

func (g *only) Join(_ context.Context, id string, introduction []byte) (coordination.Generation, error) {
	if id == "" {
		return coordination.Generation{Member: "me"}, coordination.ErrNewID
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.joins++
	return coordination.Generation{
		Number: int32(g.joins), Member: id, Leads: true,
		Members: []coordination.Member{{ID: id, Introduction: introduction}},
	}, g.err
}

func (g *only) Sync(_ context.Context, _ coordination.Generation, assignment []byte) ([]byte, error) {
	now := g.now()
	return assignment, cmp.Or(now.err, now.sync)
}

func (g *only) Heartbeat(context.Context, coordination.Generation) error {
	now := g.now()
	time.Sleep(now.still)
	return now.heartbeat
}

func (g *only) Leave(_ context.Context, id string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left = append(g.left, id)
	return nil
}

// join starts a member of g, whose session lasts for six seconds.
func join(t *testing.T, g Group) (*Member, *observer.ObservedLogs) {
	t.Helper()
	core, logs := observer.New(zapcore.InfoLevel)
	m := New(Config{
		GroupID: "kafkalag", SessionTimeout: 6 * time.Second, RequestTimeout: 5 * time.Second,
		Settings: coordination.Settings{"group_match": ".*"},
	}, g, zap.New(core))
	m.Start()
	t.Cleanup(m.Shutdown)
	return m, logs
}

// lines returns what the log has said since it was last asked.
func lines(logs *observer.ObservedLogs) (lines []string) {
	for _, e := range logs.TakeAll() {
		lines = append(lines, e.Message)
	}
	return lines
}

const oneOfOne = "This collector is one of 1 that report the cluster together"

// A member that gets no answer goes on until its session ends, and begins anew when
// there are answers again. Each of that is one line.
func TestNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &only{}
		m, logs := join(t, g)
		time.Sleep(3 * time.Second)
		part, err := m.Part()
		require.NoError(t, err)
		require.NotNil(t, part)
		assert.True(t, part.OwnsCluster())
		assert.Equal(t, coordination.Status{Members: 1, Generation: 1, Rebalances: 1, Silence: m.Status().Silence}, m.Status())
		assert.Less(t, m.Status().Silence, 2*time.Second)
		assert.Equal(t, []string{oneOfOne}, lines(logs))

		g.becomes(failing{heartbeat: errors.New("cut off"), err: errors.New("cut off")})
		time.Sleep(4 * time.Second)
		part, err = m.Part()
		require.NoError(t, err)
		assert.NotNil(t, part)
		assert.Equal(t, []string{unansweredText}, lines(logs))
		time.Sleep(10 * time.Second)
		part, err = m.Part()
		assert.Nil(t, part)
		require.EqualError(t, err, "cut off")
		assert.Zero(t, m.Status().Generation)
		assert.Equal(t, []string{"This collector reports nothing while it is no member of its group"}, lines(logs))

		g.becomes(failing{})
		time.Sleep(10 * time.Second)
		part, err = m.Part()
		require.NoError(t, err)
		assert.NotNil(t, part)
		assert.Equal(t, []string{oneOfOne}, lines(logs))

		g.becomes(failing{heartbeat: errors.New("for a moment")})
		time.Sleep(2 * time.Second)
		g.becomes(failing{})
		time.Sleep(2 * time.Second)
		assert.Equal(t, []string{unansweredText, answeredText}, lines(logs))
		m.Shutdown()
		assert.Equal(t, []string{"me"}, g.left)
		part, err = m.Part()
		assert.Nil(t, part)
		require.NoError(t, err)
	})
}

// A coordinator that is loading takes the heartbeats of former members, too. One whose
// session has ended has lost its part nevertheless, until it has joined again.
func TestHeartbeatsAfterTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &only{}
		m, _ := join(t, g)
		time.Sleep(3 * time.Second)
		g.becomes(failing{still: 7 * time.Second})
		time.Sleep(2 * time.Second)
		g.becomes(failing{err: errors.New("loading")})
		time.Sleep(10 * time.Second)
		part, _ := m.Part()
		assert.Nil(t, part)
		g.becomes(failing{})
		time.Sleep(5 * time.Second)
		part, _ = m.Part()
		assert.NotNil(t, part)
		assert.Equal(t, 2, m.Status().Rebalances)
	})
}

// A coordinator that has lost its replicas goes on to answer JoinGroup, though another one
// may have taken the group over: only what it could write down prolongs a session.
func TestJoinsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &only{}
		m, _ := join(t, g)
		time.Sleep(3 * time.Second)
		g.becomes(failing{heartbeat: coordination.ErrRebalance, sync: errors.New("no replicas")})
		time.Sleep(8 * time.Second)
		part, _ := m.Part()
		assert.Nil(t, part)
	})
}

// Where another cluster has taken the place of the one before, a member goes on until its
// session ends, and begins anew.
func TestOtherCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &only{}
		m, _ := join(t, g)
		time.Sleep(3 * time.Second)
		other := fmt.Errorf("%w: b instead of a", coordination.ErrOtherCluster)
		g.becomes(failing{heartbeat: other, err: other})
		time.Sleep(4 * time.Second)
		part, err := m.Part()
		require.NoError(t, err)
		assert.NotNil(t, part)
		assert.Equal(t, 1, g.looks())
		time.Sleep(10 * time.Second)
		part, err = m.Part()
		assert.Nil(t, part)
		require.ErrorIs(t, err, coordination.ErrOtherCluster)
		assert.Greater(t, g.looks(), 1)
	})
}

// A coordinator that has a member join once more, again and again, is not asked as fast as
// it answers.
func TestJoiningWithoutEnd(t *testing.T) {
	for _, err := range []error{coordination.ErrRebalance, coordination.ErrNewID} {
		synctest.Test(t, func(t *testing.T) {
			g := &only{failing: failing{sync: err}}
			m, _ := join(t, g)
			time.Sleep(10 * time.Second)
			m.Shutdown()
			assert.Less(t, g.joins, 50, err)
			assert.Greater(t, g.joins, 10, err)
		})
	}
}

// While the brokers say that there is no coordinator, nobody can take over.
func TestNoCoordinator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &only{}
		m, logs := join(t, g)
		time.Sleep(3 * time.Second)
		g.becomes(failing{heartbeat: coordination.ErrNoCoordinator})
		time.Sleep(time.Minute)
		assert.Equal(t, []string{oneOfOne, noCoordinatorText}, lines(logs))
		part, err := m.Part()
		require.NoError(t, err)
		assert.NotNil(t, part)
		g.becomes(failing{})
		time.Sleep(2 * time.Second)
		assert.Equal(t, []string{answeredText}, lines(logs))
		m.Shutdown()
		assert.Equal(t, 1, g.joins)
	})
}

// A member that the coordinator has forgotten reports nothing until it is one again.
func TestNotAMemberAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &only{}
		m, _ := join(t, g)
		time.Sleep(3 * time.Second)
		g.becomes(failing{heartbeat: coordination.ErrNotMember, err: coordination.ErrNoCoordinator})
		time.Sleep(3 * time.Second)
		part, err := m.Part()
		require.NoError(t, err, "nobody is to blame")
		assert.Nil(t, part)
		g.becomes(failing{})
		time.Sleep(5 * time.Second)
		part, _ = m.Part()
		assert.NotNil(t, part)
		assert.Equal(t, 2, m.Status().Rebalances)
	})
}

// Why a member cannot join is said once, however often it tries.
func TestRefusal(t *testing.T) {
	for name, tt := range map[string]struct {
		group failing
		line  string
		blame string
	}{
		"wrong group": {failing{err: &coordination.RefusedError{Reason: "wrong group"}}, "This collector reports nothing: wrong group", "wrong group"},
		"settings": {
			failing{settings: coordination.Settings{"group_match": "^a"}},
			"This collector waits, and reports nothing: the collectors of this group are configured differently: " +
				`group_match is ".*" here and "^a" there`, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &only{failing: tt.group}
				m, logs := join(t, g)
				time.Sleep(time.Minute)
				part, err := m.Part()
				assert.Nil(t, part)
				assert.Zero(t, m.Status().Silence, "nothing was acknowledged yet")
				if tt.blame == "" {
					require.NoError(t, err)
				} else {
					require.EqualError(t, err, tt.blame)
				}
				assert.Equal(t, []string{tt.line}, lines(logs))
				g.becomes(failing{})
				time.Sleep(10 * time.Second)
				part, err = m.Part()
				require.NoError(t, err)
				assert.NotNil(t, part)
			})
		})
	}
}

// What is final is not tried again, and what may lock an account not often.
func TestRefusalsThatLast(t *testing.T) {
	for after, asked := range map[time.Duration]int{coordination.Never: 1, time.Minute: 10} {
		t.Run(after.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &only{failing: failing{err: &coordination.RefusedError{Reason: "no", After: after}}}
				m, _ := join(t, g)
				time.Sleep(10*time.Minute - 1)
				m.Shutdown()
				assert.Equal(t, asked, g.inspections)
			})
		})
	}
}
