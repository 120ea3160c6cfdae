// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// frame is a response of size bytes behind its length.
func frame(size int) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(size)), make([]byte, size)...)
}

func TestFrameGuard(t *testing.T) {
	small, large := frame(400), frame(maxFirstFrame+1)
	header := func(size uint32) []byte { return binary.BigEndian.AppendUint32(nil, size) }
	for name, tt := range map[string]struct {
		stream  []byte
		refused bool
		first   bool
	}{
		"one response":                      {stream: small},
		"several":                           {stream: append(append([]byte{}, small...), frame(9)...)},
		"a large one later":                 {stream: append(append([]byte{}, small...), large...)},
		"the largest first one":             {stream: frame(maxFirstFrame)},
		"a large one first":                 {stream: large, refused: true, first: true},
		"without room for a correlation id": {stream: header(3), refused: true, first: true},
		"zero":                              {stream: header(0), refused: true, first: true},
		"2 GiB":                             {stream: header(0x7fffffff), refused: true, first: true},
		"negative":                          {stream: header(0xffffffff), refused: true, first: true},
		"HTTP":                              {stream: []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), refused: true, first: true},
		"nonsense later":                    {stream: append(append([]byte{}, small...), header(0xfffffff0)...), refused: true},
		"too large later":                   {stream: append(append([]byte{}, small...), header(uint32(sarama.MaxResponseSize)+1)...), refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			// However the stream is cut into reads, the verdict is the same.
			for _, read := range []int{1, 3, 4, 5, 1000, len(tt.stream)} {
				err := followIn(tt.stream, read)
				require.Equal(t, tt.refused, err != nil, "reads of %d", read)
				if err != nil {
					assert.Equal(t, tt.first, err.First, "reads of %d", read)
				}
			}
		})
	}
}

func followIn(stream []byte, read int) *kafkaerr.ProtocolError {
	var guard frameGuard
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
	f.Add(frame(40), 3)
	f.Add([]byte("HTTP/1.1 200 OK"), 1)
	f.Fuzz(func(t *testing.T, stream []byte, read int) {
		// Cut anywhere, a stream gets the verdict that it gets in one piece.
		whole := followIn(stream, max(1, len(stream)))
		pieces := followIn(stream, 1+abs(read)%16)
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
func TestFrameGuardOfABareLogin(t *testing.T) {
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
