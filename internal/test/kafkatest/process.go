// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"os"
	"path/filepath"

	"github.com/kafkalag/kafkalagreceiver/internal/test/child"
)

// startJava runs Java on the cluster's classes. What it prints is added to the
// file log.
func (c *Cluster) startJava(log string, args ...string) (*child.Process, error) {
	return child.Run(log, "java", append([]string{"-cp", c.classPath()}, args...)...)
}

// classPath is Kafka's own classes and those of the test.
func (c *Cluster) classPath() string {
	path := filepath.Join(c.jarDir, "*")
	if c.opts.Classes != "" {
		path += string(os.PathListSeparator) + c.opts.Classes
	}
	return path
}

// fastJava keeps start-up short and memory small, for many JVMs on few cores.
var fastJava = []string{
	"-Xmx384m", "-Xshare:auto", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
	"-XX:-UsePerfData", "-Djava.awt.headless=true",
}
