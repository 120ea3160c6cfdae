// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xdg-go/scram"
)

func TestScram(t *testing.T) {
	const salt = "c2FsdHNhbHRzYWx0"
	for name, tt := range map[string]struct {
		iterations string
		last       string
		want       string // the error
	}{
		"an impostor":          {"4096", "v=" + salt, "the broker has not proved that it knows the password: server validation failed"},
		"refused":              {"4096", "e=invalid-proof", "server error: invalid-proof"},
		"too many iterations":  {strconv.Itoa(maxIterations + 1), "", "the broker wants 1048577 iterations of SCRAM, more than 1048576"},
		"no number":            {"x", "", "error parsing"},
		"more than any number": {strings.Repeat("9", 30), "", "the broker wants 9223372036854775807 iterations of SCRAM, more than 1048576"},
	} {
		t.Run(name, func(t *testing.T) {
			c := scramClient(scram.SHA256)()
			require.NoError(t, c.Begin("u", "p", ""))
			first, err := c.Step("")
			require.NoError(t, err)
			_, nonce, found := strings.Cut(first, "r=")
			require.True(t, found)
			_, err = c.Step("r=" + nonce + "more,s=" + salt + ",i=" + tt.iterations)
			if tt.last != "" {
				require.NoError(t, err)
				_, err = c.Step(tt.last)
			}
			require.Error(t, err)
			assert.Contains(t, err.Error(), tt.want)
		})
	}
}
