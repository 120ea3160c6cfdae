// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy is a TCP proxy before one address that can misbehave. What is set
// holds for the connections that are open and for those to come, until it is
// changed.
type Proxy struct {
	listener net.Listener
	running  sync.WaitGroup

	mu      sync.Mutex
	target  string
	changed *sync.Cond // the behaviour, below
	closed  bool
	hanging bool
	garble  func([]byte) // changes answers on their way; nil: they are honest
	refuses bool
	limit   int   // of connections, 0: none
	cuts    int   // connections still to be cut; negative is all
	cutAt   int64 // bytes of answers that such a connection gets
	dials   int
	links   map[*link]struct{}
}

// dialLimit bounds how long a paused target, whose backlog is full, holds up
// the proxy's end.
const dialLimit = 5 * time.Second

// link is one client's connection and the proxy's own to the target.
type link struct {
	client, server net.Conn
	answered       int64 // bytes sent to the client since the cut was ordered
}

// StartProxy runs a proxy to target, a host:port, until the test ends.
func StartProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	p, err := newProxy(target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func newProxy(target string) (*Proxy, error) {
	listener, err := net.Listen("tcp", address(loopback, 0))
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: listener, target: target, links: make(map[*link]struct{})}
	p.changed = sync.NewCond(&p.mu)
	p.running.Go(p.accept)
	return p, nil
}

// Addr is the host:port to dial.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

func (p *Proxy) port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// Dials counts the connections that were made to the proxy, whatever became of
// them.
func (p *Proxy) Dials() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dials
}

// CutAfter closes each connection when it has carried n more bytes of answers,
// times of them; a negative times is all.
func (p *Proxy) CutAfter(n int64, times int) {
	p.behave(func() {
		p.cutAt, p.cuts = n, times
		for l := range p.links {
			l.answered = 0
		}
	})
}

// Hang passes nothing on in either direction. Connections stay open, and new
// ones are accepted.
func (p *Proxy) Hang() { p.behave(func() { p.hanging = true }) }

// Garble has every piece of an answer changed in place before it is passed on.
func (p *Proxy) Garble(change func(piece []byte)) { p.behave(func() { p.garble = change }) }

// Refuse resets every connection, new ones as soon as they are made.
func (p *Proxy) Refuse() {
	p.behave(func() {
		p.refuses = true
		for l := range p.links {
			reset(l.client)
		}
	})
}

// Limit resets new connections while there are so many.
func (p *Proxy) Limit(connections int) { p.behave(func() { p.limit = connections }) }

// Restore ends all misbehaviour. What a Hang held back is passed on.
func (p *Proxy) Restore() { p.behave(func() {}) }

// Lead takes every connection away, and leads new ones to another target.
func (p *Proxy) Lead(target string) {
	p.behave(func() {
		p.target = target
		for l := range p.links {
			reset(l.client)
		}
	})
}

// Close ends the proxy and its connections.
func (p *Proxy) Close() {
	p.behave(func() {
		p.closed = true
		for l := range p.links {
			l.client.Close()
		}
	})
	p.listener.Close()
	p.running.Wait()
}

func (p *Proxy) behave(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hanging, p.refuses, p.cuts, p.limit, p.garble = false, false, 0, 0, nil
	change()
	p.changed.Broadcast()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.serve(client) })
	}
}

func (p *Proxy) serve(client net.Conn) {
	defer client.Close()
	l := &link{client: client}
	if !p.add(l) {
		reset(client)
		return
	}
	defer p.remove(l)
	server, err := net.DialTimeout("tcp", p.leadsTo(), dialLimit)
	if err != nil {
		return
	}
	l.server = server
	defer server.Close()
	p.running.Go(func() {
		defer client.Close() // ends the other direction
		p.pass(client, server, func(piece []byte) int {
			p.change(piece)
			return p.allowed(l, len(piece))
		})
	})
	p.pass(server, client, func(piece []byte) int { return len(piece) })
}

func (p *Proxy) leadsTo() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.target
}

func (p *Proxy) add(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dials++
	if p.refuses || p.closed || p.limit > 0 && len(p.links) >= p.limit {
		return false
	}
	p.links[l] = struct{}{}
	return true
}

func (p *Proxy) remove(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

// pass copies until either end closes or less is allowed than there is.
func (p *Proxy) pass(to, from net.Conn, allowed func([]byte) int) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		p.waitWhileHanging()
		allow := allowed(buffer[:n])
		if _, writeErr := to.Write(buffer[:allow]); err != nil || writeErr != nil || allow < n {
			return
		}
	}
}

// change garbles a piece of an answer, where that was ordered.
func (p *Proxy) change(piece []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.garble != nil && len(piece) > 0 {
		p.garble(piece)
	}
}

func (p *Proxy) waitWhileHanging() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.hanging && !p.closed {
		p.changed.Wait()
	}
}

// allowed returns how many of n bytes of an answer may pass.
func (p *Proxy) allowed(l *link, n int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cuts == 0 || l.answered+int64(n) < p.cutAt {
		l.answered += int64(n)
		return n
	}
	p.cuts--
	return int(max(0, p.cutAt-l.answered)) // one that is about to end counts on from before
}

// reset closes with RST, as a port does that nobody listens on.
func reset(conn net.Conn) {
	_ = conn.(*net.TCPConn).SetLinger(0) // closing is what matters
	conn.Close()
}
