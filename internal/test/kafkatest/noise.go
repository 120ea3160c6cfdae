// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Noise is what a port says that is no Kafka broker.
type Noise struct {
	Name string
	// Greeting is sent at once, Reply when the client has said something.
	Greeting, Reply string
	// Closes ends the connection after that; else it stays open in silence.
	Closes bool
}

// Noises are ports that people take for brokers, and worse.
var Noises = []Noise{
	{Name: "HTTP", Reply: "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request", Closes: true},
	{Name: "SSH", Greeting: "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"},
	{Name: "TLS alert", Reply: "\x15\x03\x03\x00\x02\x02\x16", Closes: true}, // fatal: record_overflow
	{Name: "2 GiB", Reply: "\x7f\xff\xff\xff"},
	{Name: "4 GiB", Reply: "\xff\xff\xff\xff"},
	{Name: "nothing"},
	{Name: "goodbye", Closes: true},
}

// NoisePort is a loopback port with a [Noise] behind it.
type NoisePort struct {
	listener net.Listener
	running  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]struct{}
	dials  int
}

// StartNoise listens until the test ends.
func StartNoise(t testing.TB, noise Noise) *NoisePort {
	t.Helper()
	listener, err := net.Listen("tcp", address(loopback, 0))
	if err != nil {
		t.Fatal(err)
	}
	n := &NoisePort{listener: listener, conns: make(map[net.Conn]struct{})}
	n.running.Go(func() { n.accept(noise) })
	t.Cleanup(n.close)
	return n
}

// Addr is the host:port to dial.
func (n *NoisePort) Addr() string { return n.listener.Addr().String() }

// Dials counts the connections that were made.
func (n *NoisePort) Dials() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dials
}

func (n *NoisePort) accept(noise Noise) {
	for {
		conn, err := n.listener.Accept()
		if err != nil {
			return
		}
		if !n.add(conn) {
			conn.Close()
			return
		}
		n.running.Go(func() { noise.make(conn) })
	}
}

func (n *NoisePort) add(conn net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dials++
	n.conns[conn] = struct{}{}
	return !n.closed
}

// make ends when the client, or the test, closes the connection.
func (noise Noise) make(conn net.Conn) {
	defer conn.Close()
	_, _ = io.WriteString(conn, noise.Greeting) // a client that is gone is seen by Read
	if noise.Closes && noise.Reply == "" {
		return
	}
	if _, err := conn.Read(make([]byte, 64<<10)); err != nil {
		return
	}
	_, _ = io.WriteString(conn, noise.Reply)
	if !noise.Closes {
		_, _ = io.Copy(io.Discard, conn)
	}
}

func (n *NoisePort) close() {
	n.listener.Close()
	n.mu.Lock()
	n.closed = true
	for conn := range n.conns {
		conn.Close()
	}
	n.mu.Unlock()
	n.running.Wait()
}
