// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"encoding/binary"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/wire"
)

// opening records what the broker answers while the library opens a connection, which
// the library does not return: which requests the broker knows, and how long the login
// is valid.
type opening struct {
	versions wire.Versions // nil: the broker did not say
	throttle time.Duration // until when the broker is not to be asked
	session  time.Duration // how long the login holds, 0: for ever
	begun    time.Time     // when that was said

	key, version int16 // of the last request
	correlation  int32
}

// sent takes a request, which the library writes at once. What a login before
// Kafka 1.0 sends is none; it is never taken for an answer's request because the
// answer does not begin like one to it.
func (o *opening) sent(frame []byte) {
	const head = lengthBytes + 8
	if len(frame) < head {
		o.key = -1
		return
	}
	o.key = int16(binary.BigEndian.Uint16(frame[lengthBytes:]))
	o.version = int16(binary.BigEndian.Uint16(frame[lengthBytes+2:]))
	o.correlation = int32(binary.BigEndian.Uint32(frame[lengthBytes+4:]))
}

// received takes an answer without its length.
func (o *opening) received(frame []byte) {
	if len(frame) < minFrame || int32(binary.BigEndian.Uint32(frame)) != o.correlation {
		return
	}
	body := frame[minFrame:]
	switch kmsg.Key(o.key) {
	case kmsg.ApiVersions:
		if versions, throttle, ok := wire.DecodeVersions(body, o.version); ok {
			o.versions, o.throttle = versions, throttle
		}
	case kmsg.SASLAuthenticate:
		o.session, o.begun = wire.DecodeSession(body, o.version), time.Now()
	}
}

// expires is when the login should not be used any more. Zero is never. Like
// Kafka's own client it leaves some of the time for requests on their way.
func (o *opening) expires() time.Time {
	const inTime = 0.9
	if o.session == 0 {
		return time.Time{}
	}
	return o.begun.Add(time.Duration(inTime * float64(o.session)))
}
