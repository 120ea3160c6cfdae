// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	_ "embed"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/kafkalag/kafkalagreceiver/internal/test/child"
	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest/jars"
)

//go:embed testdata/Counting.java
var counting string

// NeedStreams is [NeedReal] for applications of Kafka Streams.
func NeedStreams(t testing.TB, version string) {
	t.Helper()
	NeedReal(t, version)
	if missing := streamsOf(t, version).Missing(); missing != nil {
		Lacks(t, "integration", missing.Error())
	}
	if !HaveJavac(t) {
		Lacks(t, "integration", "javac is not there")
	}
}

// Streams is a running instance of an application of Kafka Streams.
type Streams struct{ process *child.Process }

// streamsOf is the library of Kafka Streams of that version.
func streamsOf(t testing.TB, version string) jars.Release {
	t.Helper()
	release, err := jars.Lookup(version)
	if err != nil {
		t.Fatal(err)
	}
	return release.Streams()
}

// StartStreams runs an instance of an application that counts the records of a topic,
// until the test is over. The application is the streams group; clientID is what its
// only thread's begins with.
func (c *Cluster) StartStreams(t testing.TB, group, clientID, topic string) *Streams {
	t.Helper()
	library, err := streamsOf(t, c.opts.Version).Dir()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "Counting.java")
	if err := os.WriteFile(source, []byte(counting), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := child.Run(filepath.Join(dir, "streams.log"), "java", slices.Concat(fastJava,
		[]string{"-cp", filepath.Join(library, "*"), source, strings.Join(c.Brokers(), ","), group, clientID, topic, dir})...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return &Streams{p}
}

// Stop has the instance leave the group and end.
func (s *Streams) Stop(t testing.TB) {
	t.Helper()
	if err := s.process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-s.process.Done()
}

// WithStandbyTasks has each stateful task of a streams group have so many standby tasks.
func (s Seed) WithStandbyTasks(t testing.TB, group, tasks string) {
	t.Helper()
	s.configure(t, groups, group, "streams.num.standby.replicas", tasks)
}
