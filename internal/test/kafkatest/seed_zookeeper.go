// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
)

// CommitToZooKeeper writes offsets, by topic and partition, as the consumers of
// before Kafka 0.9 did. The cluster must have a ZooKeeper.
func (c *Cluster) CommitToZooKeeper(t testing.TB, group string, committed map[string]map[int32]int64) {
	t.Helper()
	conn, _, err := zk.Connect([]string{c.ZooKeeper()}, 10*time.Second, zk.WithLogger(silent{}))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for topic, partitions := range committed {
		for partition, offset := range partitions {
			node := fmt.Sprintf("/consumers/%s/offsets/%s/%d", group, topic, partition)
			if err := setNode(conn, node, strconv.FormatInt(offset, 10)); err != nil {
				t.Fatalf("%s: %v", node, err)
			}
		}
	}
}

// setNode sets a node's text. It makes the node, and those above it, where they
// are missing.
func setNode(conn *zk.Conn, node, text string) error {
	_, err := conn.Set(node, []byte(text), -1)
	if !errors.Is(err, zk.ErrNoNode) {
		return err
	}
	if above := path.Dir(node); above != "/" {
		if exists, _, err := conn.Exists(above); err != nil {
			return err
		} else if !exists {
			if err := setNode(conn, above, ""); err != nil {
				return err
			}
		}
	}
	_, err = conn.Create(node, []byte(text), 0, zk.WorldACL(zk.PermAll))
	return err
}

// silent is a logger of the library that says nothing.
type silent struct{}

// Printf says nothing.
func (silent) Printf(string, ...any) {}
