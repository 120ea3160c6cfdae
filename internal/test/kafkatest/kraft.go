// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"fmt"
	"slices"

	"github.com/kafkalag/kafkalagreceiver/internal/test/child"
)

// format prepares the brokers' data folders, which only KRaft wants.
func (c *Cluster) format() error {
	if c.release.ZooKeeper {
		return nil
	}
	running := make([]*child.Process, 0, len(c.brokers))
	defer func() {
		for _, p := range running {
			p.Kill()
		}
	}()
	for _, b := range c.brokers {
		args := slices.Concat(fastJava, []string{
			"kafka.tools.StorageTool", "format",
			"--cluster-id", c.id, "--config", b.file("server.properties"),
		}, c.opts.StorageArgs)
		p, err := c.startJava(b.log(), args...)
		if err != nil {
			return err
		}
		running = append(running, p)
	}
	for i, p := range running {
		<-p.Done()
		if code := p.State().ExitCode(); code != 0 {
			return fmt.Errorf("formatting the storage of broker %d: exit status %d", c.brokers[i].ID, code)
		}
	}
	return nil
}
