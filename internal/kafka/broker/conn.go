// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// errCut is what reads and dials return once their connection has been cut.
var errCut = errors.New("connection cut")

// dialer makes the one connection of a link. Sarama's login ends neither with a
// context nor with its own Close while it hangs, so the socket is kept here, where
// it can be cut underneath it. TLS is done here too: the certificate files are
// read anew for every connection, and the guard sees the plain text.
type dialer struct {
	cfg      *kafkaconfig.Config
	unframed int // see [frameGuard]
	obs      Observer
	ctx      context.Context //nolint:containedctx // sarama's dialer interface takes none
	stop     context.CancelCauseFunc

	mu   sync.Mutex
	sock net.Conn // the TCP connection below everything
	conn *conn    // what is made of it

	stood         atomic.Bool                            // whether there was a connection, TLS included
	answers       atomic.Int64                           // responses begun
	protocolError atomic.Pointer[kafkaerr.ProtocolError] // what came instead of one
}

func newDialer(cfg *kafkaconfig.Config, unframed int, obs Observer) *dialer {
	ctx, stop := context.WithCancelCause(context.Background())
	return &dialer{cfg: cfg, unframed: unframed, obs: obs, ctx: ctx, stop: stop}
}

// Dial connects within the dial timeout, TLS handshake included.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(d.ctx, d.cfg.DialTimeout)
	defer cancel()
	sock, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if !d.keep(sock) {
		_ = sock.Close()
		return nil, errCut
	}
	d.obs.Connections(1)
	plain, err := d.secure(ctx, sock, address)
	if err != nil {
		_ = sock.Close()
		d.obs.Connections(-1)
		return nil, err
	}
	d.stood.Store(true)
	d.conn = &conn{Conn: plain, sock: sock, dialer: d, guard: frameGuard{unframed: d.unframed}}
	d.conn.guard.opening = d.conn.opening.received
	return d.conn, nil
}

// secure puts TLS on top of sock where it is configured.
func (d *dialer) secure(ctx context.Context, sock net.Conn, address string) (net.Conn, error) {
	if d.cfg.TLS == nil {
		return sock, nil
	}
	cfg, err := d.cfg.TLS.LoadTLSConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	if cfg == nil { // tls.insecure: plain text
		return sock, nil
	}
	if cfg.ServerName == "" {
		if cfg.ServerName, _, err = net.SplitHostPort(address); err != nil {
			return nil, err
		}
	}
	secured := tls.Client(sock, cfg)
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, &kafkaerr.TLSError{Err: err}
	}
	return secured, nil
}

// keep remembers the socket, unless the link was cut meanwhile.
func (d *dialer) keep(sock net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ctx.Err() != nil {
		return false
	}
	d.sock = sock
	return true
}

// cut closes the connection: everything that waits for it ends, now and later.
func (d *dialer) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stop(errCut)
	if d.sock != nil {
		_ = d.sock.Close()
	}
}

// reached reports whether there ever was a TCP connection.
func (d *dialer) reached() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sock != nil
}

// silent reports whether the peer has not sent the beginning of any response.
func (d *dialer) silent() bool { return d.answers.Load() == 0 }

// explain puts the true reason in the place of err: once the guard has refused
// an answer, the library sees no more than a closed connection.
func (d *dialer) explain(err error) error {
	if protocolError := d.protocolError.Load(); err != nil && protocolError != nil {
		return protocolError
	}
	return err
}

// conn counts the bytes in both directions and has the guard check every answer.
type conn struct {
	net.Conn
	sock   net.Conn
	dialer *dialer
	guard  frameGuard
	once   sync.Once
	// opening is written while the connection is made ready, and read when it is.
	opening opening
}

// opened ends what the library does on the connection.
func (c *conn) opened() error {
	c.guard.opened()
	return c.SetDeadline(time.Time{}) // the library's last one still runs
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.dialer.obs.Transferred(0, n)
	if protocolError := c.guard.follow(p[:n]); protocolError != nil {
		c.dialer.protocolError.Store(protocolError)
		_ = c.Close()
		return 0, protocolError
	}
	c.dialer.answers.Store(int64(c.guard.frames))
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	if c.guard.opening != nil {
		c.opening.sent(p)
	}
	n, err := c.Conn.Write(p)
	c.dialer.obs.Transferred(n, 0)
	return n, err
}

// Close closes the socket itself: a TLS connection would first wait to say
// goodbye to a peer that may have stopped reading.
func (c *conn) Close() error {
	c.once.Do(func() { c.dialer.obs.Connections(-1) })
	return c.sock.Close()
}
