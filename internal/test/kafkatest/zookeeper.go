// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"net"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/kafkalag/kafkalagreceiver/internal/test/child"
)

type zookeeper struct {
	process *child.Process
	port    int
}

func (c *Cluster) startZooKeeper() error {
	port, err := FreePort()
	if err != nil {
		return err
	}
	config := filepath.Join(c.dir, "zookeeper.properties")
	err = writeProperties(config, map[string]string{
		"dataDir":            filepath.Join(c.dir, "zookeeper"),
		"clientPort":         strconv.Itoa(port),
		"clientPortAddress":  loopback,
		"tickTime":           "2000",
		"admin.enableServer": "false",
	})
	if err != nil {
		return err
	}
	log := filepath.Join(c.dir, "zookeeper.log")
	p, err := c.startJava(log, slices.Concat(fastJava, loggers(c.dir), []string{
		"org.apache.zookeeper.server.quorum.QuorumPeerMain", config,
	})...)
	if err != nil {
		return err
	}
	c.zookeeper = &zookeeper{process: p, port: port}
	return poll("zookeeper", func() error {
		conn, err := net.Dial("tcp", c.ZooKeeper())
		if err != nil {
			return diedOr(p, log, err)
		}
		return conn.Close()
	})
}
