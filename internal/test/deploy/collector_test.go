// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// repository is where a file of the checkout lies.
func repository(path ...string) string {
	return filepath.Join(append([]string{"..", "..", ".."}, path...)...)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return text
}

// validate has the built collector check the config that these arguments give,
// with this environment and no other.
func validate(t *testing.T, env []string, args ...string) {
	t.Helper()
	out, err := verdict(t, env, args...)
	require.NoError(t, err, "%s", out)
	assert.Empty(t, out)
}

// verdict is what the built collector has to say on a config.
func verdict(t *testing.T, env []string, args ...string) (string, error) {
	t.Helper()
	binary := os.Getenv("KAFKALAG_COLLECTOR")
	if binary == "" {
		missing(t, "KAFKALAG_COLLECTOR does not name the built collector: run the tests with `make test`")
	}
	cmd := exec.Command(binary, append([]string{"validate"}, args...)...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// missing skips the test, unless KAFKALAG_REQUIRE has "all" or "e2e".
func missing(t *testing.T, what string) {
	t.Helper()
	required := strings.Split(os.Getenv("KAFKALAG_REQUIRE"), ",")
	if slices.Contains(required, "all") || slices.Contains(required, "e2e") {
		t.Fatal(what)
	}
	t.Skip(what)
}
