// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package member

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/coordination"
)

// The states of a group, as Kafka has them.
type state int

const (
	stable state = iota
	preparing
	completing
)

// coordinator is Kafka's, as far as members can tell: GroupCoordinator of Kafka 2.3 to
// 4.4 for classic groups. What a leader hands in is written down. After a failure
// another broker goes on with that, and all sessions begin anew.
type coordinator struct {
	random *rand.Rand
	stop   func()
	ending sync.WaitGroup // processes

	mu         sync.Mutex
	state      state
	generation int32
	leader     string
	members    map[string]*modelMember
	pending    map[string]time.Time // ids that were given, until when
	assignment []byte
	deadline   time.Time // of the members to join
	ids        int
	written    written
	loadsFrom  time.Time // while down: from when on it reads what is written
	downUntil  time.Time
	silent     bool // while down: nobody answers
	healed     bool // nothing is lost any more
}

// written is what survives a coordinator.
type written struct {
	generation int32
	leader     string
	members    []modelMember // id, instance and introduction
	assignment []byte
}

type modelMember struct {
	id           string
	instance     string // empty: it does not keep its name
	introduction []byte
	ends         time.Time            // of the session, unless it waits
	joining      chan modelGeneration // waits for the generation
	syncing      chan modelAssignment // waits for the assignment
}

type modelGeneration struct {
	generation coordination.Generation
	err        error
}

type modelAssignment struct {
	text []byte
	err  error
}

var (
	errConnection = errors.New("connection closed")
	errLoading    = errors.New("the coordinator is loading")
	errFenced     = &coordination.RefusedError{Reason: "fenced", After: coordination.Never}
)

func newCoordinator(random *rand.Rand) *coordinator {
	ctx, stop := context.WithCancel(context.Background())
	c := &coordinator{random: random, members: map[string]*modelMember{}, pending: map[string]time.Time{}}
	var running sync.WaitGroup
	running.Go(func() {
		for sleep(ctx, 20*time.Millisecond) {
			c.tick()
		}
	})
	c.stop = func() {
		stop()
		running.Wait()
	}
	return c
}

// tick lets time pass.
func (c *coordinator) tick() {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if !c.downUntil.IsZero() {
		if now.Before(c.downUntil) {
			return
		}
		c.recover()
	}
	for _, id := range slices.Sorted(maps.Keys(c.members)) {
		m := c.members[id]
		if m.joining == nil && m.syncing == nil && now.After(m.ends) {
			c.remove(id)
		}
	}
	maps.DeleteFunc(c.pending, func(_ string, until time.Time) bool { return now.After(until) })
	c.complete()
}

// fail takes the coordinator away for a time. Brokers then say so, or nobody answers. The
// one that comes after it is loading at first.
func (c *coordinator) fail(until time.Time, silent bool) {
	c.loadsFrom, c.silent = until, silent
	c.downUntil = until.Add(time.Duration(c.random.Int64N(int64(modelSession))))
	for _, m := range c.members {
		c.answerJoin(m, modelGeneration{err: errConnection})
		c.answerSync(m, modelAssignment{err: errConnection})
	}
}

// recover goes on with what is written.
func (c *coordinator) recover() {
	if c.downUntil.IsZero() {
		return
	}
	c.downUntil = time.Time{}
	c.state, c.generation, c.leader, c.assignment = stable, c.written.generation, c.written.leader, c.written.assignment
	c.pending = map[string]time.Time{}
	c.members = map[string]*modelMember{}
	for _, m := range c.written.members {
		m.ends = time.Now().Add(modelSession)
		c.members[m.id] = &m
	}
}

func (c *coordinator) down() error {
	switch {
	case c.downUntil.IsZero():
		return nil
	case !time.Now().Before(c.loadsFrom):
		return errLoading
	case c.silent:
		return errConnection
	}
	return coordination.ErrNoCoordinator
}

func (c *coordinator) remove(id string) {
	delete(c.members, id)
	c.rebalance()
}

// rebalance has all members join anew. Those that wait for an assignment hear of it.
func (c *coordinator) rebalance() {
	if c.state == preparing {
		return
	}
	c.state, c.deadline = preparing, time.Now().Add(modelSession)
	for _, m := range c.members {
		c.answerSync(m, modelAssignment{err: coordination.ErrRebalance})
	}
}

// complete ends the joining when all have, or the others are given up.
func (c *coordinator) complete() {
	if c.state != preparing || len(c.pending) > 0 && time.Now().Before(c.deadline) {
		return
	}
	joined := func(id string) bool { return c.members[id].joining != nil }
	ids := slices.Sorted(maps.Keys(c.members))
	if slices.ContainsFunc(ids, func(id string) bool { return !joined(id) }) && time.Now().Before(c.deadline) {
		return
	}
	// Those that keep their names stay until their sessions end.
	maps.DeleteFunc(c.members, func(_ string, m *modelMember) bool { return m.joining == nil && m.instance == "" })
	ids = slices.DeleteFunc(slices.Sorted(maps.Keys(c.members)), func(id string) bool { return !joined(id) })
	if len(ids) == 0 && len(c.members) > 0 { // nobody can lead
		c.deadline = time.Now().Add(modelSession)
		return
	}
	c.generation++
	c.state, c.assignment = completing, nil
	if len(ids) == 0 {
		c.written = written{generation: c.generation}
		c.state = stable
		return
	}
	if !slices.Contains(ids, c.leader) {
		c.leader = ids[c.random.IntN(len(ids))]
	}
	for _, id := range ids {
		c.answerJoin(c.members[id], modelGeneration{generation: c.generationOf(id)})
	}
}

func (c *coordinator) generationOf(id string) coordination.Generation {
	g := coordination.Generation{Number: c.generation, Member: id, Leads: id == c.leader}
	if g.Leads {
		for _, id := range slices.Sorted(maps.Keys(c.members)) {
			g.Members = append(g.Members, coordination.Member{ID: id, Instance: c.members[id].instance, Introduction: c.members[id].introduction})
		}
	}
	return g
}

func (c *coordinator) answerJoin(m *modelMember, a modelGeneration) {
	if m.joining != nil {
		m.joining <- a
		m.joining, m.ends = nil, time.Now().Add(modelSession)
	}
}

func (c *coordinator) answerSync(m *modelMember, a modelAssignment) {
	if m.syncing != nil {
		m.syncing <- a
		m.syncing, m.ends = nil, time.Now().Add(modelSession)
	}
}

func (c *coordinator) join(id, instance string, introduction []byte) chan modelGeneration {
	c.mu.Lock()
	defer c.mu.Unlock()
	answer := make(chan modelGeneration, 1)
	if err := c.down(); err != nil {
		answer <- modelGeneration{err: err}
		return answer
	}
	switch {
	case c.fenced(id, instance):
		answer <- modelGeneration{err: errFenced}
		return answer
	case id == "" && instance != "":
		c.joinNamed(instance, introduction, answer)
		return answer
	case id == "":
		c.ids++
		id = fmt.Sprintf("member-%d-%d", c.ids, c.random.Uint32())
		c.pending[id] = time.Now().Add(modelSession)
		answer <- modelGeneration{generation: coordination.Generation{Member: id}, err: coordination.ErrNewID}
		return answer
	}
	_, pending := c.pending[id]
	m := c.members[id]
	switch {
	case m == nil && !pending:
		answer <- modelGeneration{err: coordination.ErrNotMember}
		return answer
	case m == nil:
		delete(c.pending, id)
		m = &modelMember{id: id}
		c.members[id] = m
	case c.state == stable && id != c.leader && string(m.introduction) == string(introduction):
		m.ends = time.Now().Add(modelSession)
		answer <- modelGeneration{generation: c.generationOf(id)}
		return answer
	}
	c.answerJoin(m, modelGeneration{err: coordination.ErrNotMember}) // an older one, which nobody waits for
	m.introduction, m.joining = introduction, answer
	c.rebalance()
	c.complete()
	return answer
}

// joinNamed has a process join that keeps its name. One of that name takes the place of
// the one before, and where nothing is under way, the generation goes on with it.
func (c *coordinator) joinNamed(instance string, introduction []byte, answer chan modelGeneration) {
	former := c.named(instance)
	c.ids++
	m := &modelMember{id: fmt.Sprint(instance, "-", c.ids), instance: instance, introduction: introduction, joining: answer}
	c.members[m.id] = m
	if former == nil {
		c.rebalance()
		c.complete()
		return
	}
	delete(c.members, former.id)
	c.answerJoin(former, modelGeneration{err: errFenced})
	c.answerSync(former, modelAssignment{err: errFenced})
	if c.leader == former.id {
		c.leader = m.id
	}
	if c.state == stable {
		c.write(c.assignment)
		c.answerJoin(m, modelGeneration{generation: coordination.Generation{Number: c.generation, Member: m.id}}) // it does not lead
		return
	}
	c.rebalance()
	c.complete()
}

// named returns the member of that name, nil if there is none.
func (c *coordinator) named(instance string) *modelMember {
	for _, m := range c.members {
		if instance != "" && m.instance == instance {
			return m
		}
	}
	return nil
}

// fenced reports whether another one has joined by the member's name.
func (c *coordinator) fenced(id, instance string) bool {
	m := c.named(instance)
	return id != "" && m != nil && m.id != id
}

func (c *coordinator) sync(of coordination.Generation, instance string, assignment []byte) chan modelAssignment {
	c.mu.Lock()
	defer c.mu.Unlock()
	answer := make(chan modelAssignment, 1)
	m, err := c.known(of, instance)
	switch {
	case errors.Is(err, errLoading): // a rebalance that was under way is lost
		answer <- modelAssignment{err: coordination.ErrRebalance}
	case err != nil:
		answer <- modelAssignment{err: err}
	case c.state == preparing:
		answer <- modelAssignment{err: coordination.ErrRebalance}
	case c.state == stable:
		m.ends = time.Now().Add(modelSession)
		answer <- modelAssignment{text: c.assignment}
	default:
		m.syncing = answer
		if of.Member == c.leader {
			c.write(assignment)
		}
	}
	return answer
}

// write keeps the generation with its assignment, and hands that out.
func (c *coordinator) write(assignment []byte) {
	c.state, c.assignment = stable, assignment
	c.written = written{c.generation, c.leader, nil, assignment}
	for _, m := range c.members {
		c.written.members = append(c.written.members, modelMember{id: m.id, instance: m.instance, introduction: m.introduction})
		c.answerSync(m, modelAssignment{text: assignment})
	}
}

func (c *coordinator) known(of coordination.Generation, instance string) (*modelMember, error) {
	if err := c.down(); err != nil {
		return nil, err
	}
	if c.fenced(of.Member, instance) {
		return nil, errFenced
	}
	m := c.members[of.Member]
	if m == nil || of.Number != c.generation {
		return nil, coordination.ErrNotMember
	}
	return m, nil
}

// heartbeat is good for every member, former ones too, while the coordinator is loading.
func (c *coordinator) heartbeat(of coordination.Generation, instance string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	m, err := c.known(of, instance)
	switch {
	case errors.Is(err, errLoading):
		return nil
	case err != nil:
		return err
	}
	m.ends = time.Now().Add(modelSession)
	if c.state == preparing {
		return coordination.ErrRebalance
	}
	return nil
}

func (c *coordinator) leave(id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.down(); err != nil {
		return err
	}
	delete(c.pending, id)
	if c.members[id] != nil {
		c.remove(id)
		c.complete()
	}
	return nil
}

// describe returns the members, none while there is no answer.
func (c *coordinator) describe() chan []coordination.Member {
	c.mu.Lock()
	defer c.mu.Unlock()
	answer := make(chan []coordination.Member, 1)
	var members []coordination.Member
	for _, id := range slices.Sorted(maps.Keys(c.members)) {
		members = append(members, coordination.Member{ID: id, Introduction: c.members[id].introduction})
	}
	answer <- members
	return answer
}

// network is what lies between one process and the coordinator.
type network struct {
	c        *coordinator
	instance string
	dead     bool
	// Until when the process stands still, no request gets through, no answer does, and
	// both take long.
	frozenUntil, cutUntil, deafUntil, slowUntil time.Time
}

// message is how long a message is on its way, and whether it is lost.
func (n *network) message(answer bool) (d time.Duration, lost bool) {
	n.c.mu.Lock()
	defer n.c.mu.Unlock()
	now, longest := time.Now(), int64(20*time.Millisecond)
	if now.Before(n.slowUntil) {
		longest = int64(2 * modelSession)
	}
	lost = !n.c.healed && n.c.random.IntN(200) == 0
	return time.Duration(n.c.random.Int64N(longest)), lost || n.dead || now.Before(n.cutUntil) || answer && now.Before(n.deafUntil)
}

// way returns when a message has arrived. One that is lost never does; one that takes
// longer than its sender waits arrives later.
func (n *network) way(ctx context.Context, answer bool, late func()) error {
	d, lost := n.message(answer)
	if lost {
		<-ctx.Done()
		return ctx.Err()
	}
	sent := time.Now()
	if sleep(ctx, d) {
		return nil
	}
	n.c.ending.Go(func() {
		time.Sleep(time.Until(sent.Add(d)))
		late()
	})
	return ctx.Err()
}

// frozen returns for how long the process still does nothing.
func (n *network) frozen() time.Duration {
	n.c.mu.Lock()
	defer n.c.mu.Unlock()
	if n.dead {
		return time.Hour
	}
	return time.Until(n.frozenUntil)
}

// thaw returns when the process does something again. One that is dead may end.
func (n *network) thaw() {
	for !n.isDead() && n.frozen() > 0 {
		time.Sleep(n.frozen())
	}
}

func (n *network) isDead() bool {
	n.c.mu.Lock()
	defer n.c.mu.Unlock()
	return n.dead
}

// through makes a request, which takes effect whether or not the answer arrives.
func through[T any](ctx context.Context, n *network, request func() chan T) (T, error) {
	n.thaw()
	var answer T
	defer n.thaw()
	if err := n.way(ctx, false, func() { request() }); err != nil {
		return answer, err
	}
	select {
	case answer = <-request():
	case <-ctx.Done():
		return answer, ctx.Err()
	}
	return answer, n.way(ctx, true, func() {})
}

func (n *network) Inspect(ctx context.Context) ([]coordination.Member, error) {
	return through(ctx, n, n.c.describe)
}

func (n *network) Join(ctx context.Context, id string, introduction []byte) (coordination.Generation, error) {
	a, err := through(ctx, n, func() chan modelGeneration { return n.c.join(id, n.instance, introduction) })
	if err != nil {
		return coordination.Generation{}, err
	}
	return a.generation, a.err
}

func (n *network) Sync(ctx context.Context, of coordination.Generation, assignment []byte) ([]byte, error) {
	a, err := through(ctx, n, func() chan modelAssignment { return n.c.sync(of, n.instance, assignment) })
	if err != nil {
		return nil, err
	}
	return a.text, a.err
}

func (n *network) Heartbeat(ctx context.Context, of coordination.Generation) error {
	return n.now(ctx, func() error { return n.c.heartbeat(of, n.instance) })
}

func (n *network) Leave(ctx context.Context, id string) error {
	return n.now(ctx, func() error { return n.c.leave(id) })
}

// now makes a request that is answered at once.
func (n *network) now(ctx context.Context, request func() error) error {
	answered, err := through(ctx, n, func() chan error {
		answer := make(chan error, 1)
		answer <- request()
		return answer
	})
	if err != nil {
		return err
	}
	return answered
}
