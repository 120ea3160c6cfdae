// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest/jars"
)

// HaveJavac reports whether Java can be compiled here, which takes a JDK. Where
// KAFKALAG_REQUIRE asks for real servers and it cannot, the test fails.
func HaveJavac(t testing.TB) bool {
	t.Helper()
	_, err := exec.LookPath("javac")
	if err != nil && required("integration") {
		t.Fatalf("javac is required (KAFKALAG_REQUIRE): %v", err)
	}
	return err == nil
}

// CompileJava compiles a class against Kafka of [DefaultVersion] and returns the
// folder to give as [Options.Classes].
func CompileJava(t testing.TB, source string) string {
	t.Helper()
	release, err := jars.Lookup(DefaultVersion)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := release.Dir()
	if err != nil {
		t.Fatal(err)
	}
	classes := t.TempDir()
	// 17 is the oldest Java that brokers of this version run on.
	javac := exec.CommandContext(t.Context(), "javac", "--release", "17", "-cp", filepath.Join(dir, "*"), "-d", classes, source)
	if out, err := javac.CombinedOutput(); err != nil {
		t.Fatalf("javac %s: %v\n%s", source, err, out)
	}
	return classes
}
