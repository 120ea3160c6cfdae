// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

// Brokers leave out what one may not see without a word, so the login is looked
// at, once.
func TestLimitsAreLoggedOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		allowed int32
		lines   int
	}{
		"all":           {allowed: 0x1ff8},
		"describe only": {allowed: 1 << 8},
		"nothing":       {allowed: 0, lines: 1},
		"all but":       {allowed: 0x1ff8 &^ (1 << 8), lines: 1},
		"unknown":       {allowed: operationsUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			fake := seeded(t, 1, 1, 1)
			fake.Rewrite(kmsg.Metadata, func(_ int32, answer kmsg.Response) {
				answer.(*kmsg.MetadataResponse).AuthorizedOperations = tt.allowed
			})
			client := newTestClient(t, fake.Brokers()...)
			core, lines := observer.New(zapcore.WarnLevel)
			client.metadata.log = zap.New(core)
			for range 3 {
				snapshot(t, client, everything())
			}
			assert.Equal(t, tt.lines, lines.Len())
		})
	}
}

// The answer shows nothing, so nothing is claimed either.
func TestNoTopicsAreLoggedOnce(t *testing.T) {
	fake := kafkatest.StartFake(t, 1)
	client := newTestClient(t, fake.Brokers()...)
	core, lines := observer.New(zapcore.WarnLevel)
	client.metadata.log = zap.New(core)
	for range 3 {
		snapshot(t, client, everything())
	}
	require.Equal(t, 1, lines.Len())
	assert.Contains(t, lines.All()[0].Message, "there are none, or this login may describe none")
}
