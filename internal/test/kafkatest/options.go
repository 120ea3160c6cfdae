// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"cmp"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest/jars"
)

// Options describes a real cluster. The zero value is one broker of
// [DefaultVersion].
type Options struct {
	Version string
	// Brokers is how many; their ids count from 1. KRaft's brokers are
	// controllers too, so a cluster of three survives the loss of one and a
	// cluster of two does not.
	Brokers int
	// Properties are added to every broker's server.properties and win over
	// what this package sets.
	Properties map[string]string
	// BrokerProperties do the same for one broker, by id.
	BrokerProperties map[int]map[string]string
	// Racks are the brokers' racks in the order of their ids.
	Racks []string
	// Listeners are there beside PLAINTEXT, which the brokers themselves and
	// [Seed] use.
	Listeners []Listener
	// JVMArgs are added to the brokers' command line, StorageArgs to that of
	// "StorageTool format" (KRaft only), such as --add-scram.
	JVMArgs, StorageArgs []string
	// Classes is a folder of Java classes that the brokers know beside Kafka's
	// own, see [CompileJava].
	Classes string
}

// Listener is a further listener of every broker.
type Listener struct {
	// Name is the listener's, as in "listener.name.NAME.…" properties, which
	// want it in lower case.
	Name string
	// Protocol is PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.
	Protocol string
	// Host is what the brokers advertise, 127.0.0.1 where empty.
	Host string
	// Proxied puts a [Proxy] before the listener of each broker. The brokers
	// advertise the proxies' addresses. See [Broker.Proxy].
	Proxied bool
}

const (
	loopback  = "127.0.0.1"
	plaintext = "PLAINTEXT"
)

func (o Options) withDefaults() (Options, jars.Release, error) {
	o.Version = cmp.Or(o.Version, DefaultVersion)
	o.Brokers = cmp.Or(o.Brokers, 1)
	release, err := jars.Lookup(o.Version)
	return o, release, err
}
