// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
)

// The client of the scrapes and that of time lag share one configuration.
func TestDeprecatedKeysAreLoggedOnce(t *testing.T) {
	cfg := newConfig()
	require.True(t, needsTimeLag(cfg.Metrics) && cfg.TimeLag.SearchBudget > 0, "there are two clients")
	cfg.Auth.PlainText = &sasl.PlainTextConfig{Username: "u", Password: "p"}
	core, logs := observer.New(zap.WarnLevel)

	_, err := createMetrics(t.Context(), settings(zap.New(core)), cfg, consumertest.NewNop())
	require.NoError(t, err)
	lines := logs.FilterFieldKey("keys").All()
	require.Len(t, lines, 1)
	assert.Equal(t, map[string]any{"keys": []any{"auth.plain_text: use auth.sasl with mechanism PLAIN"}}, lines[0].ContextMap())
	assert.Equal(t, 2, logs.Len(), "and once that the password can be read")
}
