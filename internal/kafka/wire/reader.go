// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

// Package wire encodes requests of Kafka's protocol and decodes answers to them.
//
// An answer is hostile until it is read: a length is checked against the bytes that
// are left before anything is allocated for it, and what a decoder keeps of an
// answer is limited in proportion to the answer's size.
package wire

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	// maxKept is how many bytes of memory a decoder may keep for each byte of the
	// answer, and freelyKept what it may keep of an answer however small. Of
	// brokers' own answers decoders keep 2 to 6, of empty elements up to 100.
	maxKept    = 11
	freelyKept = 8 << 20
	// elementsPerLook is how many elements are read before the context is looked
	// at again: some 100 µs.
	elementsPerLook = 4096
)

var (
	errCount     = errors.New("an array claims more elements than its bytes can hold")
	errKept      = errors.New("its elements are almost empty, and too many")
	errTruncated = errors.New("it ends too soon")
	errLeftOver  = errors.New("it goes on after its end")
)

// Reader reads one answer. After an error it returns zeros and empty arrays, so
// that decoders need not look at each value.
type Reader struct {
	// Version is the one that the request was sent with.
	Version int16

	in       kbin.Reader
	flexible bool   // compact lengths, and tags
	broken   error  // why nothing more is read
	limits   *limit // shared by the readers of parts
}

// limit is what reading one answer may cost.
type limit struct {
	ctx      context.Context //nolint:containedctx // of the decoding, which is one call
	err      error           // the limit that was reached
	elements int             // read so far
	kept     int             // bytes of memory that may still be kept
}

func newReader(ctx context.Context, body []byte, version int16, flexible bool) *Reader {
	return &Reader{
		Version:  version,
		in:       kbin.Reader{Src: body},
		flexible: flexible,
		limits:   &limit{ctx: ctx, kept: freelyKept + maxKept*len(body)},
	}
}

// Part returns a reader of bytes within an answer that have a format of their
// own, which is never a flexible one. Its errors are errors of the whole answer,
// except for an early end, which only [Reader.OK] reports.
func (r *Reader) Part(part []byte) *Reader {
	return &Reader{in: kbin.Reader{Src: part}, limits: r.limits}
}

// OK reports whether all that was read was there.
func (r *Reader) OK() bool { return r.in.Ok() && r.broken == nil && r.limits.err == nil }

// err is what is wrong with the answer, nil where nothing is.
func (r *Reader) err() error {
	switch {
	case r.limits.err != nil:
		return r.limits.err
	case r.broken != nil:
		return r.broken
	case !r.in.Ok():
		return errTruncated
	case len(r.in.Src) > 0:
		return errLeftOver
	}
	return nil
}

// exceed ends the reading of the answer and of all its parts.
func (r *Reader) exceed(limit error) {
	if r.limits.err == nil {
		r.limits.err = limit
	}
	r.in.Src = nil
}

// Bool reads a boolean.
func (r *Reader) Bool() bool { return r.in.Bool() }

// Int8 reads a number of 8 bits.
func (r *Reader) Int8() int8 { return r.in.Int8() }

// Int16 reads a number of 16 bits.
func (r *Reader) Int16() int16 { return r.in.Int16() }

// Int32 reads a number of 32 bits.
func (r *Reader) Int32() int32 { return r.in.Int32() }

// Int64 reads a number of 64 bits.
func (r *Reader) Int64() int64 { return r.in.Int64() }

// UUID reads an id.
func (r *Reader) UUID() [16]byte { return r.in.Uuid() }

// Text reads a string. It is a part of the answer, valid until the decoder
// returns, and nil where the string is null.
func (r *Reader) Text() []byte {
	var n int
	if r.flexible {
		n = int(r.in.Uvarint()) - 1
	} else {
		n = int(r.in.Int16())
	}
	return r.span(n)
}

// String reads a string and keeps a copy. Null is the empty string.
func (r *Reader) String() string { return r.Keep(r.Text()) }

// Keep returns a copy of text that outlives the answer.
func (r *Reader) Keep(text []byte) string {
	if !r.Spend(len(text)) {
		return ""
	}
	return string(text)
}

// Bytes reads bytes. They are a part of the answer like [Reader.Text].
func (r *Reader) Bytes() []byte {
	var n int
	if r.flexible {
		n = int(r.in.Uvarint()) - 1
	} else {
		n = int(r.in.Int32())
	}
	return r.span(n)
}

func (r *Reader) span(n int) []byte {
	if n < 0 {
		return nil
	}
	return r.in.Span(n)
}

// Spend counts memory that a decoder is about to keep, in bytes. It reports
// whether that is in proportion to the answer, which otherwise fails.
func (r *Reader) Spend(memory int) bool {
	if r.limits.kept -= memory; r.limits.kept < 0 {
		r.exceed(errKept)
		return false
	}
	return true
}

// Size is the least that something takes in an answer.
type Size struct {
	Fixed   int // bytes of numbers
	Strings int // how many strings
	Arrays  int // how many arrays, and bytes with a length of 32 bits
}

func (s Size) bytes(flexible bool) int {
	if flexible {
		return s.Fixed + s.Strings + s.Arrays + 1 // its tags
	}
	const textLength, arrayLength = 2, 4
	return max(1, s.Fixed+textLength*s.Strings+arrayLength*s.Arrays)
}

// Len reads the length of an array, which is 0 where the array is null. What
// follows can hold as many of these elements.
func (r *Reader) Len(element Size) int { return r.length(element.bytes(r.flexible)) }

func (r *Reader) length(least int) int {
	var n int
	if r.flexible {
		n = int(r.in.Uvarint()) - 1
	} else {
		n = int(r.in.Int32())
	}
	if n > len(r.in.Src)/least {
		if r.OK() {
			r.broken = errCount
		}
		r.in.Src = nil
		return 0
	}
	return max(0, n)
}

// Each reads an array of elements of at least that size:
//
//	for range r.Each(size) {
//		name := r.String()
//		…
//	}
//
// The loop reads all of an element but its tags, and may not be left early.
func (r *Reader) Each(element Size) iter.Seq[int] { return r.Elements(r.Len(element)) }

// Elements is Each of an array whose length was read by [Reader.Len].
func (r *Reader) Elements(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := 0; i < n && r.OK(); i++ {
			if !yield(i) {
				return
			}
			r.EndElement()
		}
	}
}

// EndElement reads the tags at the end of a structure, which nothing here needs.
func (r *Reader) EndElement() {
	if r.flexible {
		kmsg.SkipTags(&r.in)
	}
	if r.limits.elements++; r.limits.elements%elementsPerLook == 0 && r.limits.ctx.Err() != nil {
		r.exceed(context.Cause(r.limits.ctx))
	}
}

// Int32s reads an array of numbers, appends them to to, and returns that.
func (r *Reader) Int32s(to []int32) []int32 {
	const size = 4
	n := r.length(size)
	if !r.Spend(size * n) {
		return to
	}
	to = slices.Grow(to, n)
	for range n {
		to = append(to, r.in.Int32())
	}
	return to
}

// SkipInt32s reads an array of numbers that nothing needs.
func (r *Reader) SkipInt32s() { r.CountInt32s() }

// CountInt32s reads an array of numbers of which nothing is needed but how many there are.
func (r *Reader) CountInt32s() int {
	const size = 4
	n := r.length(size)
	r.in.Span(size * n)
	return n
}

// SkipRest skips what is left of an answer that is not a flexible one.
func (r *Reader) SkipRest() { r.in.Src = nil }
