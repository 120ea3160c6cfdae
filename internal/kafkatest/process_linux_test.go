// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const orphanLog = "KAFKATEST_ORPHAN_LOG"

// TestNoOrphans kills a test binary that has a child. Both write into one
// named pipe, which ends when the last of them does.
func TestNoOrphans(t *testing.T) {
	if log := os.Getenv(orphanLog); log != "" {
		_, err := startProcess(log, "sh", "-c", "echo runs; exec sleep 30")
		require.NoError(t, err)
		select {} // until killed
	}
	pipe := filepath.Join(t.TempDir(), "log")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	binary := exec.Command(os.Args[0], "-test.run=^TestNoOrphans$")
	binary.Env = append(os.Environ(), orphanLog+"="+pipe)
	require.NoError(t, binary.Start())

	log, err := os.Open(pipe)
	require.NoError(t, err)
	defer log.Close()
	require.NoError(t, log.SetReadDeadline(time.Now().Add(10*time.Second)))
	lines := bufio.NewReader(log)
	line, err := lines.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "runs\n", line)

	require.NoError(t, binary.Process.Kill())
	_, err = lines.ReadString('\n')
	require.ErrorIs(t, err, io.EOF)
	require.Error(t, binary.Wait())
}

func TestProcessEnds(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	p, err := startProcess(log, "sh", "-c", "echo one; echo two; echo three; exec sleep 600")
	require.NoError(t, err)
	assert.True(t, p.running())
	p.kill()
	p.kill() // once more does no harm
	assert.False(t, p.running())
	require.NoError(t, p.signal(syscall.SIGCONT))

	p, err = startProcess(log, "sh", "-c", "echo java.net.BindException: Address already in use; exit 1")
	require.NoError(t, err)
	<-p.done
	require.ErrorIs(t, diedOr(p, log, io.EOF), errPortTaken)
	assert.Equal(t, "java.net.BindException: Address already in use", tail(log, 1))

	_, err = startProcess(log, "no-such-command")
	require.ErrorContains(t, err, "starting no-such-command")
}
