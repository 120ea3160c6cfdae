// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kafkalag/kafkalagreceiver/internal/test/child"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest/jars"
)

// Cluster is a real Apache Kafka, of child processes on loopback.
type Cluster struct {
	Seed

	opts      Options
	release   jars.Release
	jarDir    string
	dir       string // holds everything that the processes write
	id        string
	brokers   []*Broker // in the order of their ids, which count from 1
	zookeeper *zookeeper
	ports     *Cluster // whose ports it takes over; nil: free ones
}

// Start runs a cluster until the test ends. It returns when every broker
// answers and knows all others.
func Start(t testing.TB, opts Options) *Cluster {
	t.Helper()
	NeedReal(t, opts.Version)
	c, err := launch(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stop)
	t.Cleanup(func() { c.logOnFailure(t) })
	return c
}

// Brokers lists the brokers' host:port, in the order of their ids.
func (c *Cluster) Brokers() []string { return c.Addresses(plaintext) }

// Addresses lists the brokers' host:port on the listener of that name, in the
// order of their ids.
func (c *Cluster) Addresses(listener string) []string {
	addresses := make([]string, len(c.brokers))
	for i, b := range c.brokers {
		addresses[i] = b.advertised(listener)
	}
	return addresses
}

// Broker gives one broker. Ids count from 1; it panics at one that is not there.
func (c *Cluster) Broker(id int32) *Broker { return c.brokers[id-1] }

// ID is the id that the cluster was formatted with; empty with ZooKeeper,
// where the brokers make their own.
func (c *Cluster) ID() string { return c.id }

// ZooKeeper is the host:port of the cluster's ZooKeeper, empty with KRaft.
func (c *Cluster) ZooKeeper() string {
	if c.zookeeper == nil {
		return ""
	}
	return address(loopback, c.zookeeper.port)
}

// errPortTaken says that another process took a port between the moment when
// it was found free and the start of the process that it was meant for.
var errPortTaken = errors.New("port taken")

func launch(opts Options) (*Cluster, error) {
	opts, release, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	jarDir, err := release.Dir()
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		c := &Cluster{opts: opts, release: release, jarDir: jarDir}
		err := c.boot()
		if err == nil {
			return c, nil
		}
		err = fmt.Errorf("starting kafka %s: %w%s", opts.Version, err, c.logs())
		c.stop()
		if try == 3 || !errors.Is(err, errPortTaken) {
			return nil, err
		}
	}
}

func (c *Cluster) boot() (err error) {
	if c.dir, err = os.MkdirTemp("", "kafkatest-"); err != nil {
		return err
	}
	if err := writeLoggerConfig(c.dir); err != nil {
		return err
	}
	for id := range c.opts.Brokers {
		b, err := newBroker(c, int32(id+1))
		if err != nil {
			return err
		}
		c.brokers = append(c.brokers, b)
	}
	c.Seed = NewSeed(c.Brokers()...)
	if c.release.ZooKeeper {
		if err := c.startZooKeeper(); err != nil {
			return err
		}
	} else {
		c.id = newClusterID()
	}
	if err := c.writeProperties(); err != nil {
		return err
	}
	if err := c.format(); err != nil {
		return err
	}
	for _, b := range c.brokers {
		if err := b.start(); err != nil {
			return err
		}
	}
	return c.awaitReady()
}

// stop is for good: nothing that the cluster wrote remains.
func (c *Cluster) stop() {
	for _, b := range c.brokers {
		b.close()
	}
	if c.zookeeper != nil {
		c.zookeeper.process.Kill()
	}
	_ = os.RemoveAll(c.dir) // what cannot be removed lies in the system's temporary folder
}

func (c *Cluster) writeProperties() error {
	for _, b := range c.brokers {
		properties := c.brokerProperties(b)
		maps.Copy(properties, c.opts.Properties)
		maps.Copy(properties, c.opts.BrokerProperties[int(b.ID)])
		if err := writeProperties(b.file("server.properties"), properties); err != nil {
			return err
		}
	}
	return nil
}

// writeProperties writes a Java properties file.
func writeProperties(file string, properties map[string]string) error {
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		fmt.Fprintf(&text, "%s=%s\n", key, escape.Replace(properties[key]))
	}
	return os.WriteFile(file, []byte(text.String()), 0o600)
}

// logs gives the ends of the processes' logs.
func (c *Cluster) logs() string {
	files, _ := filepath.Glob(filepath.Join(c.dir, "*.log")) // fails only on a bad pattern
	var text strings.Builder
	for _, file := range files {
		fmt.Fprintf(&text, "\n--- end of %s:\n%s", filepath.Base(file), child.Tail(file, 40))
	}
	return text.String()
}

func (c *Cluster) logOnFailure(t testing.TB) {
	t.Helper()
	if t.Failed() {
		t.Log("kafka", c.opts.Version, c.logs())
	}
}

// newClusterID makes an id as Kafka does: 16 random bytes in base64, of which
// the first character is none that a command line takes for an option.
func newClusterID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	id[0] >>= 1
	return base64.RawURLEncoding.EncodeToString(id[:])
}
