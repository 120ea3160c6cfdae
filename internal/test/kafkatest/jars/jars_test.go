// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package jars

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeMaven puts a mvn on the PATH that does what the script says, with $LIB
// the folder that it is to fill.
func fakeMaven(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	text := "#!/bin/sh\nfor a; do case $a in -DoutputDirectory=*) LIB=${a#*=};; esac; done\n" + script
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mvn"), []byte(text), 0o700))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func TestFetchFillsTheCacheOnce(t *testing.T) {
	t.Setenv("KAFKALAG_CACHE", t.TempDir())
	r, err := Lookup("0.10.2.2")
	require.NoError(t, err)
	require.ErrorContains(t, r.Missing(), "make kafka-jars")

	fakeMaven(t, `mkdir "$LIB" && cp pom.xml "$LIB"`)
	require.NoError(t, r.Fetch(t.Context()))
	require.NoError(t, r.Missing())
	dir, err := r.Dir()
	require.NoError(t, err)
	pom, err := os.ReadFile(filepath.Join(dir, "pom.xml"))
	require.NoError(t, err)
	assert.Contains(t, string(pom), "<artifactId>kafka_2.12</artifactId>\n      <version>0.10.2.2</version>")
	assert.Contains(t, string(pom), "<groupId>javax.xml.bind</groupId>")

	fakeMaven(t, "exit 1")
	require.NoError(t, r.Fetch(t.Context()), "nothing to do")
}

func TestFetchLeavesNothingBehindWhenItFails(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("KAFKALAG_CACHE", cache)
	fakeMaven(t, `mkdir "$LIB"; touch "$LIB/half.jar"; echo no route to host; exit 1`)
	r, err := Lookup("4.2.0")
	require.NoError(t, err)
	require.ErrorContains(t, r.Fetch(t.Context()), "no route to host")
	left, err := os.ReadDir(filepath.Join(cache, "kafka"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestFetchYieldsToWhoWasFaster(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("KAFKALAG_CACHE", cache)
	fakeMaven(t, `mkdir "$LIB"; touch "$LIB/ours"; mkdir "$KAFKALAG_CACHE/kafka/4.2.0"; touch "$KAFKALAG_CACHE/kafka/4.2.0/theirs"`)
	r, err := Lookup("4.2.0")
	require.NoError(t, err)
	require.NoError(t, r.Fetch(t.Context()))
	assert.FileExists(t, filepath.Join(cache, "kafka/4.2.0/theirs"))
}

func TestLookup(t *testing.T) {
	_, err := Lookup("1.2.3")
	require.ErrorContains(t, err, "not one of [0.10.2.2 0.11.0.3 2.8.2 3.9.1 4.2.0 4.3.1 4.4.0]")
}
