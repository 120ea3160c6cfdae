// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package zookeeper

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// maxFrame bounds an answer. The largest is a list of nodes; ZooKeeper's own
// limit for one is 1 MiB unless it was raised.
const maxFrame = 16 << 20

const (
	lengthBytes = 4
	// maxFirstFrame bounds the answer that opens a session. Real ones have 37
	// bytes.
	maxFirstFrame = 1 << 10
)

var errStranger = errors.New("no ZooKeeper listens there")

// dialer makes the connections of one reading. They end with its context, and
// it ends the reading when no server can be reached: the library would go on
// trying.
type dialer struct {
	ctx     context.Context //nolint:containedctx // of one reading
	giveUp  context.CancelCauseFunc
	servers []string

	mu     sync.Mutex
	next   int
	failed int // in a row
}

func (d *dialer) dial(network, address string, timeout time.Duration) (net.Conn, error) {
	dial := net.Dialer{Timeout: timeout}
	conn, err := dial.DialContext(d.ctx, network, address)
	if err != nil {
		d.fail(err)
		return nil, err
	}
	context.AfterFunc(d.ctx, func() { _ = conn.Close() })
	return &guarded{Conn: conn, dialer: d}, nil
}

// fail counts a server that cannot be used.
func (d *dialer) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failed++; d.failed >= len(d.servers) {
		d.giveUp(err)
	}
}

// Init does not resolve the names, as the library's own host provider would
// without a time limit.
func (d *dialer) Init([]string) error { return nil }

// Len is the number of servers.
func (d *dialer) Len() int { return len(d.servers) }

// Next names the servers in turns.
func (d *dialer) Next() (server string, retryStart bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	server = d.servers[d.next%len(d.servers)]
	d.next++
	return server, d.next > len(d.servers) && d.failed > 0
}

// Connected says that a session was opened.
func (d *dialer) Connected() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failed = 0
}

// guarded is a connection whose answers are checked before the library sees
// them.
type guarded struct {
	net.Conn
	dialer *dialer
	frame  bytes.Buffer // checked, and still to be read
	opened bool         // a session

	mu    sync.Mutex
	asked map[int32]int32 // the operations of requests under way, by id
}

// Write notes what is asked. The library writes one request at a time; the first
// opens the session and has no id.
func (g *guarded) Write(p []byte) (int, error) {
	g.mu.Lock()
	if g.asked == nil {
		g.asked = make(map[int32]int32)
	} else if len(p) >= 12 {
		g.asked[int32(binary.BigEndian.Uint32(p[4:]))] = int32(binary.BigEndian.Uint32(p[8:]))
	}
	g.mu.Unlock()
	return g.Conn.Write(p)
}

// operation returns what was asked with that id, if anything was, once.
func (g *guarded) operation(xid int32) (op int32, asked bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	op, asked = g.asked[xid]
	delete(g.asked, xid)
	return op, asked
}

func (g *guarded) Read(p []byte) (int, error) {
	if g.frame.Len() == 0 {
		if err := g.receive(); err != nil {
			g.refuse(err)
			return 0, err
		}
	}
	return g.frame.Read(p)
}

// refuse ends the reading where an answer is broken. A server that opens no
// session leaves the others to be tried.
func (g *guarded) refuse(err error) {
	if g.opened && errors.Is(err, errBadAnswer) {
		g.dialer.giveUp(err)
	}
	g.dialer.fail(err)
}

// receive reads one answer. Memory grows with the bytes that arrive, not with
// the length that is announced.
func (g *guarded) receive() error {
	g.frame.Reset()
	if _, err := io.CopyN(&g.frame, g.Conn, lengthBytes); err != nil {
		return err
	}
	size, err := g.size()
	if err != nil {
		return err
	}
	if _, err := io.CopyN(&g.frame, g.Conn, size); err != nil {
		return err
	}
	answer := g.frame.Bytes()[lengthBytes:]
	if g.opened {
		return checkAnswer(answer, g.operation)
	}
	if err := checkSession(answer); err != nil {
		return err
	}
	g.opened = true
	return nil
}

// size returns the length of the answer that begins.
func (g *guarded) size() (int64, error) {
	start := g.frame.Bytes()
	size := int64(binary.BigEndian.Uint32(start))
	switch {
	case !g.opened && size > maxFirstFrame:
		return 0, fmt.Errorf("%w: it begins with %q", errStranger, start)
	case size > maxFrame:
		return 0, fmt.Errorf("%w: an answer has %d bytes, more than the %d that are read", errBadAnswer, size, maxFrame)
	}
	return size, nil
}
