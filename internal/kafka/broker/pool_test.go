// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
)

// A pool that is closed asks nothing any more, not even what has just begun.
func TestUntilAfterClose(t *testing.T) {
	p, err := New(kafkaconfig.Config{Brokers: []string{"127.0.0.1:1"}, DialTimeout: time.Second, RequestTimeout: time.Second}, zap.NewNop(), nil)
	require.NoError(t, err)
	p.Close()
	for range 1000 {
		ctx, end := p.Until(t.Context())
		require.ErrorIs(t, context.Cause(ctx), ErrClosed)
		end()
	}
}
