// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// The library repeats host names that a peer has chosen.
func TestLinesOfTheLibraryAreCut(t *testing.T) {
	core, logs := observer.New(zap.DebugLevel)
	forwardLogs(zap.New(core))
	t.Cleanup(func() { saramaLogs.Store(nil) })
	forwarder{}.Printf("Failed to connect to broker %s\n", strings.Repeat("x", 100_000))
	cut := logs.FilterMessageSnippet(" xxx") // clients of other tests may log meanwhile
	require.Equal(t, 1, cut.Len())
	assert.Less(t, len(cut.All()[0].Message), 400)
}
