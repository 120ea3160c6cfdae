// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"path/filepath"

	"github.com/kafkalag/kafkalagreceiver/internal/child"
)

// startJava runs Java on the jars in jarDir. What it prints is added to the file
// log.
func startJava(jarDir, log string, args ...string) (*child.Process, error) {
	return child.Run(log, "java", append([]string{"-cp", filepath.Join(jarDir, "*")}, args...)...)
}

// fastJava keeps start-up short and memory small, for many JVMs on few cores.
var fastJava = []string{
	"-Xmx384m", "-Xshare:auto", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
	"-XX:-UsePerfData", "-Djava.awt.headless=true",
}
