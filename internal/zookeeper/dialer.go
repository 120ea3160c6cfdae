// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package zookeeper

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// maxFrame bounds an answer. The largest is a list of nodes; ZooKeeper's own
// limit for one is 1 MiB unless it was raised.
const maxFrame = 16 << 20

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

// guarded is a connection that refuses an absurd first length: the library
// would allocate what a stranger's greeting happens to say.
type guarded struct {
	net.Conn
	dialer *dialer
	first  []byte
}

func (g *guarded) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	if missing := 4 - len(g.first); missing > 0 {
		g.first = append(g.first, p[:min(n, missing)]...)
		if len(g.first) == 4 && binary.BigEndian.Uint32(g.first) > maxFrame {
			err := fmt.Errorf("%w: it begins with %q", errStranger, g.first)
			g.dialer.fail(err)
			return 0, err
		}
	}
	if err != nil {
		g.dialer.fail(err)
	}
	return n, err
}
