// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Tool runs one of Kafka's own tools, by the name of its Java class, and
// returns what it printed on stdout. It fails the test if the tool fails.
func (c *Cluster) Tool(t testing.TB, class string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "java", slices.Concat(
		[]string{"-cp", c.classPath()}, fastJava,
		[]string{"-Dlog4j.configuration=file:" + loggerConfig(c.dir), "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", class}, args)...)
	cmd.Dir = t.TempDir()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", class, args, err, out, stderr.String())
	}
	return string(out)
}
