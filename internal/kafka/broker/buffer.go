// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

const (
	// smallBuffer is the size of a new buffer. It grows with the bytes that arrive,
	// not with the length that is announced.
	smallBuffer = 16 << 10
	// largeAnswer is the size up to which a broker's answers are read in parallel.
	// Larger ones are read one at a time for each broker and decoded one at a time for
	// all of them, and their buffers are not kept.
	largeAnswer = 4 << 20
)

// buffers keeps buffers for the next request, on whatever connection.
var buffers = sync.Pool{New: func() any { return &buffer{bytes: make([]byte, 0, smallBuffer)} }}

// buffer holds one request, then the answer to it.
type buffer struct {
	bytes []byte
	api   string // of the request
}

// release returns the buffer for the next request. What was decoded does not refer to
// it.
func (b *buffer) release() {
	if cap(b.bytes) <= largeAnswer {
		buffers.Put(b)
	}
}

func (b *buffer) send(to io.Writer, request wire.Request, clientID string, correlation int32) error {
	b.api = request.Name()
	b.bytes = request.Append(b.bytes[:0], clientID, correlation)
	_, err := to.Write(b.bytes)
	return err
}

// receiveSize reads until the length of the answer is known, and reports whether
// it is a large one. The connection refuses lengths that no broker sends.
func (b *buffer) receiveSize(from io.Reader) (large bool, err error) {
	b.bytes = b.bytes[:0]
	if err := b.readUpTo(from, lengthBytes); err != nil {
		return false, err
	}
	return b.size() > largeAnswer, nil
}

func (b *buffer) size() int { return int(binary.BigEndian.Uint32(b.bytes)) }

// receive reads the rest of the answer, and returns it without its length.
func (b *buffer) receive(from io.Reader) ([]byte, error) {
	end := lengthBytes + b.size()
	if err := b.readUpTo(from, end); err != nil {
		return nil, err
	}
	if len(b.bytes) > end {
		return nil, &wire.MalformedError{API: b.api, Err: errMore}
	}
	return b.bytes[lengthBytes:], nil
}

var errMore = errors.New("more than one answer to one request")

// readUpTo reads until there are so many bytes, or more.
func (b *buffer) readUpTo(from io.Reader, end int) error {
	for len(b.bytes) < end {
		if len(b.bytes) == cap(b.bytes) {
			grown := make([]byte, len(b.bytes), min(end, 2*cap(b.bytes)))
			copy(grown, b.bytes)
			b.bytes = grown
		}
		n, err := from.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		if err != nil && len(b.bytes) < end {
			return cutShort(err, len(b.bytes))
		}
	}
	return nil
}

// cutShort distinguishes a connection that ends within an answer from one that ends
// before it.
func cutShort(err error, have int) error {
	if errors.Is(err, io.EOF) && have > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}
