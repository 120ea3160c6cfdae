// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package lag

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStatusString(t *testing.T) {
	for status, want := range map[Status]string{StatusOK: "OK", StatusWarn: "WARN", StatusStall: "STALL", StatusRewind: "REWIND"} {
		assert.Equal(t, want, status.String())
	}
}
