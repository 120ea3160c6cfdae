// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// Request is a request, and the versions of it in which the answer can be
// decoded.
type Request struct {
	kmsg.Request
	Min, Max int16
	// Throttle is the first version in which the answer begins with how long the
	// broker throttles this client.
	Throttle int16
}

// Name is Kafka's name of the request.
func (r Request) Name() string { return kmsg.Key(r.Key()).Name() }

// Append appends the frame of r, in the version that was set, to to.
func (r Request) Append(to []byte, clientID string, correlation int32) []byte {
	return kmsg.NewRequestFormatter(kmsg.FormatterClientID(clientID)).AppendRequest(to, r.Request, correlation)
}

// MalformedError is an answer that is not one to the request.
type MalformedError struct {
	API string
	Err error
}

func (e *MalformedError) Error() string {
	return fmt.Sprintf("the answer to %s cannot be read: %v", e.API, e.Err)
}
func (e *MalformedError) Unwrap() error { return e.Err }

var errCorrelation = errors.New("it belongs to another request")

// Decode reads the answer to a request, of which frame is all but the length,
// with decode. The answer's own head and end are not for decode to read. It also
// returns how long the client is not to send another request. The error is a
// [*MalformedError], or ctx's cause.
func Decode[T any](ctx context.Context, r Request, correlation int32, frame []byte, decode func(*Reader) T) (T, time.Duration, error) {
	var none T
	in := newReader(ctx, frame, r.GetVersion(), r.IsFlexible())
	if in.Int32() != correlation {
		return none, 0, &MalformedError{r.Name(), errCorrelation}
	}
	if in.flexible {
		kmsg.SkipTags(&in.in)
	}
	throttle := in.throttle(r)
	value := decode(in)
	in.EndElement()
	if ctx.Err() != nil {
		return none, 0, context.Cause(ctx)
	}
	if err := in.err(); err != nil {
		return none, 0, &MalformedError{r.Name(), err}
	}
	return value, throttle, nil
}

// throttle reads for how long the broker will not read from this connection.
// Before version 2 of most requests, it held the answer back instead.
func (r *Reader) throttle(request Request) time.Duration {
	if r.Version < request.Throttle {
		return 0
	}
	pause := time.Duration(r.Int32()) * time.Millisecond
	answer, ok := request.ResponseKind().(kmsg.ThrottleResponse)
	if !ok {
		return 0
	}
	if _, ahead := answer.Throttle(); !ahead {
		return 0
	}
	return max(0, pause)
}

// Versions is which versions of which requests a broker knows, by key.
type Versions map[int16]VersionRange

// VersionRange has the oldest and the newest version.
type VersionRange struct{ Min, Max int16 }

// DecodeVersions reads the body of an answer to ApiVersions. It also returns how
// long the broker throttles this client. ok is false where the body is an error or
// not an answer.
func DecodeVersions(body []byte, version int16) (versions Versions, throttle time.Duration, ok bool) {
	r := newReader(context.Background(), body, version, version >= 3)
	code := r.Int16()
	versions = Versions{}
	for range r.Each(Size{Fixed: 6}) {
		key := r.Int16()
		versions[key] = VersionRange{Min: r.Int16(), Max: r.Int16()}
	}
	if version >= 1 {
		throttle = max(0, time.Duration(r.Int32())*time.Millisecond)
	}
	if version == 1 { // it held the answer back instead
		throttle = 0
	}
	return versions, throttle, code == 0 && r.OK()
}

// DecodeSession reads from the body of an answer to SaslAuthenticate how long the
// login holds: 0 where it has no end.
func DecodeSession(body []byte, version int16) time.Duration {
	const flexible = 2
	r := newReader(context.Background(), body, version, version >= flexible)
	if r.flexible {
		kmsg.SkipTags(&r.in)
	}
	code := r.Int16()
	r.Text()
	r.Bytes()
	if version < 1 {
		return 0
	}
	lifetime := r.Int64()
	if code != 0 || !r.OK() || lifetime <= 0 || lifetime > int64(maxSession/time.Millisecond) {
		return 0
	}
	return time.Duration(lifetime) * time.Millisecond
}

// maxSession is beyond what a connection lives: a session as long has no end.
const maxSession = 365 * 24 * time.Hour
