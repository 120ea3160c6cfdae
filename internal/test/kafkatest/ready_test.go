// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/child"
)

func TestDiedForWantOfAPort(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	p, err := child.Run(log, "sh", "-c", "echo java.net.BindException: Address already in use; exit 1")
	require.NoError(t, err)
	<-p.Done()
	require.ErrorIs(t, diedOr(p, log, io.EOF), errPortTaken)
}
