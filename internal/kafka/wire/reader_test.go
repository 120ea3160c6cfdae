// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReader(t *testing.T) {
	r := newReader(t.Context(), []byte{
		1, 2, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 5, // numbers
		0, 2, 'h', 'i', 0xff, 0xff, // a string, and none
		0, 0, 0, 1, 'b', // bytes
		0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 8, // numbers in an array
		0xff, 0xff, 0xff, 0xff, // none
		0, 0, 0, 1, 0, 0, 0, 9, // those that are skipped
	}, 0, false)
	assert.True(t, r.Bool())
	assert.EqualValues(t, 2, r.Int8())
	assert.EqualValues(t, 3, r.Int16())
	assert.EqualValues(t, 4, r.Int32())
	assert.EqualValues(t, 5, r.Int64())
	assert.Equal(t, "hi", r.String())
	assert.Nil(t, r.Text())
	assert.Equal(t, []byte("b"), r.Bytes())
	assert.Equal(t, []int32{1, 7, 8}, r.Int32s([]int32{1}))
	assert.Empty(t, r.Int32s(nil))
	r.SkipInt32s()
	require.NoError(t, r.err())
}

func TestFlexibleReader(t *testing.T) {
	id := [16]byte{1, 2, 3}
	r := newReader(t.Context(), append(id[:],
		3, 'h', 'i', 0, 2, 'b', 3, 0, 0, 0, 7, 0, 0, 0, 8,
		3, // two elements
		2, 'x', 0,
		2, 'y', 1, 9, 2, 0xaa, 0xbb, // with a tag
	), 0, true)
	assert.Equal(t, id, r.UUID())
	assert.Equal(t, "hi", r.String())
	assert.Nil(t, r.Text())
	assert.Equal(t, []byte("b"), r.Bytes())
	assert.Equal(t, []int32{7, 8}, r.Int32s(nil))
	var names []string
	for i := range r.Each(Size{Strings: 1}) {
		assert.Len(t, names, i)
		names = append(names, r.String())
	}
	assert.Equal(t, []string{"x", "y"}, names)
	require.NoError(t, r.err())
}

func TestReaderOfWhatIsNoAnswer(t *testing.T) {
	elements := func(r *Reader) {
		for range r.Each(Size{Fixed: 4}) {
			r.Int32()
		}
	}
	for name, tt := range map[string]struct {
		flexible bool
		body     []byte
		read     func(*Reader)
		want     error
	}{
		"a number cut short":           {false, []byte{1}, func(r *Reader) { r.Int32() }, errTruncated},
		"a string cut short":           {false, []byte{0, 9, 'x'}, func(r *Reader) { r.Text() }, errTruncated},
		"nothing where there is more":  {false, []byte{1}, func(*Reader) {}, errLeftOver},
		"more elements than bytes":     {false, []byte{0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0}, elements, errCount},
		"elements without end":         {true, []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, elements, errCount},
		"tags without end":             {true, []byte{2, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f}, elements, errTruncated},
		"numbers without end":          {false, []byte{0x7f, 0xff, 0xff, 0xff}, func(r *Reader) { r.Int32s(nil) }, errCount},
		"skipped ones":                 {false, []byte{0x7f, 0xff, 0xff, 0xff}, func(r *Reader) { r.SkipInt32s() }, errCount},
		"a length that never ends":     {true, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, elements, errTruncated},
		"what comes after that counts": {false, []byte{0, 0, 0, 2, 0, 0, 0, 1, 9}, func(r *Reader) { elements(r); r.Int8() }, errCount},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReader(t.Context(), tt.body, 0, tt.flexible)
			tt.read(r)
			require.ErrorIs(t, r.err(), tt.want)
			assert.Equal(t, errors.Is(tt.want, errLeftOver), r.OK())
		})
	}
}

// What a decoder keeps has to be in proportion to the answer.
func TestReaderCountsMemory(t *testing.T) {
	body := make([]byte, 1000)
	r := newReader(t.Context(), body, 0, false)
	assert.True(t, r.Spend(freelyKept+maxKept*len(body)))
	assert.False(t, r.Spend(1))
	require.ErrorIs(t, r.err(), errKept)
	assert.Zero(t, r.Int64())

	r = newReader(t.Context(), body, 0, false)
	part := r.Part(body[:10])
	assert.False(t, part.Spend(freelyKept+maxKept*len(body)+1), "a part counts for the whole")
	require.ErrorIs(t, r.err(), errKept)
}

// That a part cannot be read is no error of the whole.
func TestReaderOfAPart(t *testing.T) {
	r := newReader(t.Context(), nil, 0, true)
	part := r.Part([]byte{0, 0, 0, 9})
	part.Len(Size{})
	assert.False(t, part.OK())
	require.NoError(t, r.err())
}

// A decoder that nobody waits for any more ends soon.
func TestReaderEndsWithItsContext(t *testing.T) {
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	r := newReader(ctx, binary.BigEndian.AppendUint32(nil, 10*elementsPerLook), 0, false)
	r.in.Src = append(r.in.Src, make([]byte, 10*elementsPerLook)...)
	read := 0
	for range r.Each(Size{Fixed: 1}) {
		r.Int8()
		if read++; read == elementsPerLook/2 {
			cancel(gone)
		}
	}
	assert.Equal(t, elementsPerLook, read)
	require.ErrorIs(t, r.err(), gone)
}
