// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaerr

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestClip(t *testing.T) {
	assert.Equal(t, "kafka-1:9092", Clip("kafka-1:9092"))
	assert.Equal(t, strings.Repeat("x", 300)+"…", Clip(strings.Repeat("x", 100_000)))
}
