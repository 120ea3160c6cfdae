// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"encoding/binary"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// Every Kafka response starts with its length in four bytes, and the client
// library allocates that much before it reads on. The first four bytes of an HTTP
// answer would cost 1.1 GiB, so lengths are checked first.
const (
	lengthBytes = 4
	// minFrame is the correlation id, without which there is no response.
	minFrame = 4
	// maxOpeningFrame bounds the responses that the library reads, which make a
	// connection ready: they answer ApiVersions and logins, and real ones take
	// below 4 KiB.
	maxOpeningFrame = 64 << 10
	// maxPlausible is where lengths end that a broker may have meant. Above it
	// begin those that are text.
	maxPlausible = 1 << 30
)

// frameGuard follows a stream of responses and refuses a length that no broker
// sends.
type frameGuard struct {
	// unframed is which frame may be shorter than a response, counted from 1: the
	// answer to a password outside of requests, as before Kafka 1.0. Without
	// such a login it is 0.
	unframed int
	// opening takes each response while the connection is made ready, without its
	// length. Nil afterwards.
	opening func(response []byte)

	length [lengthBytes]byte
	have   int    // bytes of length read so far
	rest   int64  // bytes of the current frame still to come
	frames int    // frames begun
	frame  []byte // what came of the current one, for opening
}

// follow checks the next bytes of the stream, and returns an error if they are refused.
func (g *frameGuard) follow(p []byte) *kafkaerr.ProtocolError {
	for len(p) > 0 {
		if g.rest > 0 {
			n := min(g.rest, int64(len(p)))
			g.rest -= n
			g.watch(p[:n])
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

// watch takes some bytes of the current frame.
func (g *frameGuard) watch(p []byte) {
	if g.opening == nil {
		return
	}
	g.frame = append(g.frame, p...)
	if g.rest == 0 {
		g.opening(g.frame)
		g.frame = g.frame[:0]
	}
}

// within reports whether a frame, or its length, has begun and not ended.
func (g *frameGuard) within() bool { return g.rest > 0 || g.have > 0 }

// opened lifts the limit for responses to logins: answers may be larger from now on.
func (g *frameGuard) opened() { g.opening, g.frame = nil, nil }

// begin checks a length that is complete.
func (g *frameGuard) begin() *kafkaerr.ProtocolError {
	limit := int32(kafkaerr.MaxAnswer)
	if g.opening != nil {
		limit = maxOpeningFrame
	}
	least := int32(minFrame)
	if g.frames+1 == g.unframed {
		least = 0
	}
	size := int32(binary.BigEndian.Uint32(g.length[:]))
	if size < least || size > limit {
		return &kafkaerr.ProtocolError{
			Start: g.length, First: g.frames == 0,
			Large: g.opening == nil && size > limit && size <= maxPlausible,
		}
	}
	g.frames++
	g.have = 0
	g.rest = int64(size)
	return nil
}
