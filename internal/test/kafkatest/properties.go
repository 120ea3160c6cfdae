// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

const controller = "CONTROLLER"

// givenUpAfter is how long a cluster believes in a silent broker. KRaft lets
// no broker come back earlier than that, however it went.
const givenUpAfter = 4 * time.Second

// brokerProperties is what the broker gets before the test's own properties.
func (c *Cluster) brokerProperties(b *Broker) map[string]string {
	replicas := strconv.Itoa(min(3, len(c.brokers)))
	properties := map[string]string{
		"log.dirs": b.file("data"),
		// Small and quick: a test has few records and does not wait.
		"offsets.topic.num.partitions":                     "4",
		"offsets.topic.replication.factor":                 replicas,
		"transaction.state.log.num.partitions":             "2",
		"transaction.state.log.replication.factor":         "1",
		"transaction.state.log.min.isr":                    "1",
		"share.coordinator.state.topic.num.partitions":     "2",
		"share.coordinator.state.topic.replication.factor": replicas,
		"share.coordinator.state.topic.min.isr":            "1",
		"group.initial.rebalance.delay.ms":                 "0",
		"log.cleaner.dedupe.buffer.size":                   "4194304",
		"num.network.threads":                              "2",
		"num.io.threads":                                   "4",
		// Only what a test asks for comes and goes.
		"auto.create.topics.enable": "false",
		"log.retention.ms":          "-1",
	}
	if c.release.ZooKeeper {
		maps.Copy(properties, map[string]string{
			"broker.id":                    strconv.Itoa(int(b.ID)),
			"zookeeper.connect":            c.ZooKeeper(),
			"zookeeper.session.timeout.ms": strconv.FormatInt(givenUpAfter.Milliseconds(), 10),
		})
	} else {
		maps.Copy(properties, map[string]string{
			"process.roles":                "broker,controller",
			"node.id":                      strconv.Itoa(int(b.ID)),
			"controller.quorum.voters":     c.voters(),
			"controller.listener.names":    controller,
			"broker.heartbeat.interval.ms": "500",
			"broker.session.timeout.ms":    strconv.FormatInt(givenUpAfter.Milliseconds(), 10),
		})
	}
	if i := int(b.ID) - 1; i < len(c.opts.Racks) {
		properties["broker.rack"] = c.opts.Racks[i]
	}
	c.addListeners(properties, b)
	return properties
}

func (c *Cluster) voters() string {
	voters := make([]string, len(c.brokers))
	for i, b := range c.brokers {
		voters[i] = fmt.Sprintf("%d@%s", b.ID, address(loopback, b.ports[controller]))
	}
	return strings.Join(voters, ",")
}

func (c *Cluster) addListeners(properties map[string]string, b *Broker) {
	listeners := []string{plaintext + "://" + b.bound(plaintext)}
	advertised := []string{plaintext + "://" + b.advertised(plaintext)}
	protocols := []string{plaintext + ":" + plaintext}
	for _, l := range c.opts.Listeners {
		listeners = append(listeners, l.Name+"://"+b.bound(l.Name))
		advertised = append(advertised, l.Name+"://"+b.advertised(l.Name))
		protocols = append(protocols, l.Name+":"+l.Protocol)
	}
	if !c.release.ZooKeeper {
		listeners = append(listeners, controller+"://"+b.bound(controller))
		protocols = append(protocols, controller+":"+plaintext)
	}
	properties["listeners"] = strings.Join(listeners, ",")
	properties["advertised.listeners"] = strings.Join(advertised, ",")
	// Brokers before 1.0 know no listener names, only protocols.
	if len(c.opts.Listeners) > 0 || !c.release.ZooKeeper {
		properties["listener.security.protocol.map"] = strings.Join(protocols, ",")
		properties["inter.broker.listener.name"] = plaintext
	}
}
