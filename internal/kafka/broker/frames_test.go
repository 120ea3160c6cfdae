// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// frame is a response of size bytes behind its length.
func frame(size int) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(size)), make([]byte, size)...)
}

func TestFrameGuard(t *testing.T) {
	small, large := frame(400), frame(maxOpeningFrame+1)
	header := func(size uint32) []byte { return binary.BigEndian.AppendUint32(nil, size) }
	after := func(stream ...byte) []byte { return append(slices.Clone(small), stream...) }
	for name, tt := range map[string]struct {
		opening bool
		stream  []byte
		refused *kafkaerr.ProtocolError // nil: none; First and Large are compared
	}{
		"one response":                      {opening: true, stream: small},
		"several":                           {opening: true, stream: after(frame(9)...)},
		"the largest one of the opening":    {opening: true, stream: frame(maxOpeningFrame)},
		"a large one first":                 {opening: true, stream: large, refused: &kafkaerr.ProtocolError{First: true}},
		"a large one while it logs in":      {opening: true, stream: after(large...), refused: &kafkaerr.ProtocolError{}},
		"a large one later":                 {stream: after(large...)},
		"without room for a correlation id": {opening: true, stream: header(3), refused: &kafkaerr.ProtocolError{First: true}},
		"zero":                              {opening: true, stream: header(0), refused: &kafkaerr.ProtocolError{First: true}},
		"2 GiB":                             {opening: true, stream: header(0x7fffffff), refused: &kafkaerr.ProtocolError{First: true}},
		"negative":                          {opening: true, stream: header(0xffffffff), refused: &kafkaerr.ProtocolError{First: true}},
		"HTTP":                              {opening: true, stream: []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), refused: &kafkaerr.ProtocolError{First: true}},
		"nonsense later":                    {stream: after(header(0xfffffff0)...), refused: &kafkaerr.ProtocolError{}},
		"too large later":                   {stream: after(header(kafkaerr.MaxAnswer + 1)...), refused: &kafkaerr.ProtocolError{Large: true}},
		"larger than any broker means":      {stream: after(header(0x7fffffff)...), refused: &kafkaerr.ProtocolError{}},
		"text later":                        {stream: after([]byte("HTTP/1.1 200 OK")...), refused: &kafkaerr.ProtocolError{}},
	} {
		t.Run(name, func(t *testing.T) {
			// However the stream is cut into reads, the verdict is the same.
			for _, read := range []int{1, 3, 4, 5, 1000, len(tt.stream)} {
				err := followIn(tt.opening, tt.stream, read)
				require.Equal(t, tt.refused != nil, err != nil, "reads of %d", read)
				if err != nil {
					assert.Equal(t, tt.refused.First, err.First, "reads of %d", read)
					assert.Equal(t, tt.refused.Large, err.Large, "reads of %d", read)
				}
			}
		})
	}
}

func followIn(opening bool, stream []byte, read int) *kafkaerr.ProtocolError {
	var guard frameGuard
	if opening {
		guard.opening = func([]byte) {}
	}
	for len(stream) > 0 {
		n := min(read, len(stream))
		if err := guard.follow(stream[:n]); err != nil {
			return err
		}
		stream = stream[n:]
	}
	return nil
}

func FuzzFrameGuard(f *testing.F) {
	f.Add(true, frame(40), 3)
	f.Add(true, []byte("HTTP/1.1 200 OK"), 1)
	f.Add(false, frame(maxOpeningFrame+1), 7)
	f.Fuzz(func(t *testing.T, opening bool, stream []byte, read int) {
		// Cut anywhere, a stream gets the verdict that it gets in one piece.
		whole := followIn(opening, stream, max(1, len(stream)))
		pieces := followIn(opening, stream, 1+abs(read)%16)
		assert.Equal(t, whole == nil, pieces == nil)
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}

// The answer to a bare password is empty; no other frame may be.
func TestFrameGuardOfAnUnframedLogin(t *testing.T) {
	answer, empty := []byte{0, 0, 0, 4, 1, 2, 3, 4}, []byte{0, 0, 0, 0}
	for name, tt := range map[string]struct {
		unframed int
		frames   [][]byte
		good     bool
	}{
		"after a handshake":     {2, [][]byte{answer, empty, answer}, true},
		"without a handshake":   {1, [][]byte{empty, answer}, true},
		"twice":                 {1, [][]byte{empty, empty}, false},
		"too soon":              {2, [][]byte{empty}, false},
		"longer than it may be": {1, [][]byte{{0xff, 0xff, 0xff, 0xff}}, false},
		"no such login":         {0, [][]byte{empty}, false},
	} {
		t.Run(name, func(t *testing.T) {
			guard := frameGuard{unframed: tt.unframed}
			assert.Equal(t, tt.good, guard.follow(bytes.Join(tt.frames, nil)) == nil)
		})
	}
}
