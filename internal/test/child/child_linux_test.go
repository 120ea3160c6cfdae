// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package child

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

const orphanLog = "CHILD_ORPHAN_LOG"

// TestNoOrphans kills a test binary that has a child. Both write into one
// named pipe, which ends when the last of them does.
func TestNoOrphans(t *testing.T) {
	if log := os.Getenv(orphanLog); log != "" {
		_, err := Run(log, "sh", "-c", "echo runs; exec sleep 30")
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
	p, err := Run(log, "sh", "-c", "echo one; echo two; echo three")
	require.NoError(t, err)
	<-p.Done()

	p, err = Run(log, "sleep", "600")
	require.NoError(t, err)
	assert.True(t, p.Running())
	p.Kill()
	p.Kill() // once more does no harm
	assert.False(t, p.Running())
	require.NoError(t, p.Signal(syscall.SIGCONT))

	p, err = Run(log, "sh", "-c", "echo the end; exit 3")
	require.NoError(t, err)
	<-p.Done()
	assert.Equal(t, 3, p.State().ExitCode())
	assert.Equal(t, "three\nthe end", Tail(log, 2))

	_, err = Run(log, "no-such-command")
	require.ErrorContains(t, err, "starting no-such-command")
}
