// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

const correlation = 7

// encodeAnswer is what a broker sends, without its length, in the newest version
// of the request.
func encodeAnswer(request wire.Request, answer kmsg.Response) []byte {
	request.SetVersion(request.Max)
	answer.SetVersion(request.Max)
	frame := binary.BigEndian.AppendUint32(nil, correlation)
	if answer.IsFlexible() {
		frame = append(frame, 0) // no tags
	}
	return answer.AppendTo(frame)
}

// decodeAnswer decodes what a broker sends.
func decodeAnswer[T any](t testing.TB, request wire.Request, answer kmsg.Response, decode func(*wire.Reader) T) T {
	t.Helper()
	value, _, err := wire.Decode(t.Context(), request, correlation, encodeAnswer(request, answer), decode)
	require.NoError(t, err)
	return value
}
