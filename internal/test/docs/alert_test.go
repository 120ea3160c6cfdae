// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/promtest"
)

// The first alert that a reader sets up fires for a group that falls behind,
// and for no other.
func TestRulesFirstAlert(t *testing.T) {
	test, err := os.ReadFile("testdata/first-alert.yaml")
	require.NoError(t, err)
	dir := t.TempDir()
	for _, b := range Read(t, "docs/getting-started.md").Blocks() {
		if _, kind := b.YAML(); kind == Rules {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "alert.yaml"), []byte(b.Text), 0o600))
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "test.yaml"), test, 0o600))
	promtest.Promtool(t, "test", "rules", filepath.Join(dir, "test.yaml"))
}
