// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"encoding/binary"

	"github.com/IBM/sarama"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// Every Kafka response starts with its length in four bytes, and the client
// library allocates what they say before it has read any more. Four bytes of
// an HTTP answer would cost 1.1 GiB, so lengths are looked at first.
const (
	lengthBytes = 4
	// minFrame is the correlation id, without which there is no response.
	minFrame = 4
	// maxFirstFrame bounds the first response of a connection. It answers
	// ApiVersions or a SASL handshake; real ones take below 1 KiB.
	maxFirstFrame = 64 << 10
)

// frameGuard follows a stream of responses and refuses a length that no broker
// sends.
type frameGuard struct {
	// unframed is which frame may be shorter than a response, counted from 1: the
	// answer to a password outside of requests, as before Kafka 1.0. Without
	// such a login it is 0.
	unframed int
	length   [lengthBytes]byte
	have     int   // bytes of length read so far
	rest     int64 // bytes of the current frame still to come
	frames   int   // frames begun
}

// follow looks at the next bytes of the stream and returns why they are
// refused, if they are.
func (g *frameGuard) follow(p []byte) *kafkaerr.ProtocolError {
	for len(p) > 0 {
		if g.rest > 0 {
			n := min(g.rest, int64(len(p)))
			g.rest -= n
			p = p[n:]
			continue
		}
		n := copy(g.length[g.have:], p)
		g.have += n
		p = p[n:]
		if g.have < lengthBytes {
			return nil
		}
		if err := g.begin(); err != nil {
			return err
		}
	}
	return nil
}

// begin checks a length that is complete.
func (g *frameGuard) begin() *kafkaerr.ProtocolError {
	limit := sarama.MaxResponseSize
	if g.frames == 0 {
		limit = maxFirstFrame
	}
	least := int32(minFrame)
	if g.frames+1 == g.unframed {
		least = 0
	}
	size := int32(binary.BigEndian.Uint32(g.length[:]))
	if size < least || size > limit {
		first := g.frames == 0
		return &kafkaerr.ProtocolError{Start: g.length, First: first, Large: !first && size > limit}
	}
	g.frames++
	g.have = 0
	g.rest = int64(size)
	return nil
}
