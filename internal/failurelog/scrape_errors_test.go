// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package failurelog

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestOnlyScrapeErrorsAreDropped(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	log := zap.New(core, zap.WrapCore(WithoutScrapeErrors)).With(zap.String("scraper", "kafkalag"))
	log.Error(scrapeErrorMessage)
	log.Error("anything else")
	log.Debug("below the level")
	require.Equal(t, 1, logs.Len())
	assert.Equal(t, "anything else", logs.All()[0].Message)
	assert.Equal(t, "kafkalag", logs.All()[0].ContextMap()["scraper"])
}
