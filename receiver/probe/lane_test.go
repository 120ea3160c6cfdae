// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/echo"
)

// Why a broker is not available is known until a newer record comes back: one that was on its
// way when the next failed says nothing of that.
func TestErrorLastsUntilANewerRecordIsRead(t *testing.T) {
	l := newProber(createDefaultConfig().(*Config), nil, nil, zap.NewNop()).newLane(0, target{})
	now := time.Now()
	read := func(sequence int64) {
		l.take(echo.Batches{Values: []string{string(message{l.id, l.partition, sequence, now.UnixMilli()}.encode())}}, now)
	}
	failure := errors.New("too few replicas")

	first := l.sending(now)
	l.acknowledged(first, 0, now)
	second := l.sending(now)
	l.produceFailed(second, failure)
	for _, sequence := range []int64{first, second} {
		l.note(failure) // of reading, which works again
		read(sequence)
		assert.Equal(t, failure, l.status(now).err)
	}
	third := l.sending(now)
	l.note(failure) // and the next try succeeds
	l.acknowledged(third, 1, now)
	read(third)
	require.NoError(t, l.status(now).err)
	l.note(failure) // of reading
	read(l.sending(now))
	require.NoError(t, l.status(now).err)
}
