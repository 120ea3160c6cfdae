// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/test/child"
)

// Broker is one broker of a [Cluster]. It keeps its ports and its data over
// restarts. The cluster gives up a broker that is silent for four seconds.
type Broker struct {
	ID int32

	cluster *Cluster
	dir     string
	ports   map[string]int    // by listener name, where the process listens
	proxies map[string]*Proxy // by listener name
	process *child.Process    // nil before the first start
	paused  bool
}

func newBroker(c *Cluster, id int32) (*Broker, error) {
	b := &Broker{
		ID: id, cluster: c,
		dir:     filepath.Join(c.dir, fmt.Sprintf("broker-%d", id)),
		ports:   make(map[string]int),
		proxies: make(map[string]*Proxy),
	}
	if err := os.Mkdir(b.dir, 0o755); err != nil {
		return nil, err
	}
	names := []string{plaintext, controller}
	for _, l := range c.opts.Listeners {
		names = append(names, l.Name)
	}
	for _, name := range names {
		port, err := c.portOf(id, name)
		if err != nil {
			return nil, err
		}
		b.ports[name] = port
	}
	for _, l := range c.opts.Listeners {
		if !l.Proxied {
			continue
		}
		proxy, err := newProxy(b.bound(l.Name))
		if err != nil {
			return nil, err
		}
		b.proxies[l.Name] = proxy
	}
	return b, nil
}

// Address is the broker's host:port on PLAINTEXT.
func (b *Broker) Address() string { return b.advertised(plaintext) }

// Controller is the host:port of the controller in the same process, with KRaft.
func (b *Broker) Controller() string { return b.bound(controller) }

// Proxy stands before the listener of that name, which was given as Proxied;
// else it is nil.
func (b *Broker) Proxy(listener string) *Proxy { return b.proxies[listener] }

// bound is where the broker listens.
func (b *Broker) bound(listener string) string { return address(loopback, b.ports[listener]) }

// advertised is the address that it gives to clients.
func (b *Broker) advertised(listener string) string {
	host, port := loopback, b.ports[listener]
	for _, l := range b.cluster.opts.Listeners {
		if l.Name == listener {
			host = cmp.Or(l.Host, loopback)
		}
	}
	if proxy := b.proxies[listener]; proxy != nil {
		port = proxy.port()
	}
	return address(host, port)
}

func (b *Broker) file(name string) string { return filepath.Join(b.dir, name) }
func (b *Broker) log() string             { return b.dir + ".log" }

func (b *Broker) serves() bool { return b.process != nil && b.process.Running() && !b.paused }

func (b *Broker) start() (err error) {
	b.process, err = b.cluster.startJava(b.log(), slices.Concat(
		fastJava, loggers(b.cluster.dir), b.cluster.opts.JVMArgs,
		[]string{"kafka.Kafka", b.file("server.properties")})...)
	return err
}

func (b *Broker) close() {
	if b.process != nil {
		b.process.Kill()
	}
	for _, proxy := range b.proxies {
		proxy.Close()
	}
}

// Kill ends the broker by SIGKILL, as a crash would.
func (b *Broker) Kill(testing.TB) {
	b.process.Kill()
	b.paused = false
}

// Stop ends the broker in an orderly way, by SIGTERM, and waits for its end.
func (b *Broker) Stop(t testing.TB) {
	t.Helper()
	b.signal(t, syscall.SIGTERM)
	<-b.process.Done()
}

// Start starts a broker again that was killed or stopped. It returns when all
// brokers that run know each other.
func (b *Broker) Start(t testing.TB) {
	t.Helper()
	if b.process.Running() {
		t.Fatalf("broker %d runs already", b.ID)
	}
	if err := b.start(); err != nil {
		t.Fatal(err)
	}
	if err := b.cluster.awaitReady(); err != nil {
		t.Fatalf("restarting broker %d: %v%s", b.ID, err, b.cluster.logs())
	}
}

// stopLimit is how long a process may take to stop. It does so thread by thread.
const stopLimit = 10 * time.Second

// Pause stops the broker by SIGSTOP: the kernel goes on accepting connections
// for it, and nothing answers.
func (b *Broker) Pause(t testing.TB) {
	t.Helper()
	b.signal(t, syscall.SIGSTOP)
	for end := time.Now().Add(stopLimit); !stopped(b.process.PID()); {
		if time.Now().After(end) {
			t.Fatalf("broker %d does not stop", b.ID)
		}
	}
	b.paused = true
}

// Resume ends a Pause. It does not wait for the broker to be back in the
// cluster, which may have given it up meanwhile; see [Cluster.Await].
func (b *Broker) Resume(t testing.TB) {
	t.Helper()
	b.signal(t, syscall.SIGCONT)
	b.paused = false
}

func (b *Broker) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := b.process.Signal(s); err != nil {
		t.Fatal(err)
	}
}
